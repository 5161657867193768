import { Structure, type Value } from './structure.ts';

/** A function that a file exports, as far as its text tells. Lines from 0. */
export interface ExportedFunction {
  /** Name to import it by; `default` for a default export and for `module.exports = f`. */
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly lastLine: number;
}

/** Longest text, in characters, that is looked through; longer files are generated ones. */
export const MAX_SCANNED = 2_000_000;

/**
 * The exported functions of a TypeScript or JavaScript text, in its order, each once. Works on text with syntax errors.
 * Generators, classes, declarations without a body of their own (`declare`) and re-exports from other files are left out.
 */
export function exportedFunctions(text: string): ExportedFunction[] {
  if (text.length > MAX_SCANNED || !/\bexport/.test(text)) return [];
  const source = new Structure(text);
  const found = new Found(source);
  for (let at = 0; at < source.tokens.length; at++) {
    if (!source.isTop(at)) continue;
    const word = source.text(at);
    if (word === 'export') scanExport(source, at, found);
    else if ((word === 'exports' || word === 'module') && !/^[.=]$/.test(source.text(at - 1)))
      scanCommonJs(source, at, found);
    else if (word === 'function' || word === 'const' || word === 'let' || word === 'var')
      scanDeclaration(source, at, (name, place) => found.declare(name, place));
  }
  return found.functions();
}

/** The exported function that `line` (from 0) is in. */
export function functionAtLine(
  functions: readonly ExportedFunction[],
  line: number,
): ExportedFunction | undefined {
  return functions.findLast((each) => each.line <= line && line <= each.lastLine);
}

/** Collects exports, those by name until the name's declaration is known. */
class Found {
  readonly #source: Structure;
  readonly #declared = new Map<string, number>();
  readonly #exports = new Map<string, { at: number; local: string | null }>();

  constructor(source: Structure) {
    this.#source = source;
  }

  declare(name: string, at: number): void {
    if (!this.#declared.has(name)) this.#declared.set(name, at);
  }

  add(name: string, at: number, value: Value): void {
    if (value.kind === 'other') return;
    const local = value.kind === 'name' ? value.name : null;
    if (local === null || !this.#exports.has(name)) this.#exports.set(name, { at, local });
  }

  /** Overloads are one function: the first place of a name stays. */
  addFirst(name: string, at: number): void {
    if (!this.#exports.has(name)) this.#exports.set(name, { at, local: null });
  }

  functions(): ExportedFunction[] {
    const byPlace = new Map<number, ExportedFunction>();
    for (const [name, { at, local }] of this.#exports) {
      const place = local === null ? at : this.#declared.get(local);
      const token = place === undefined ? undefined : this.#source.tokens[place];
      if (place === undefined || token === undefined) continue;
      const other = byPlace.get(place);
      if (other !== undefined && other.name !== 'default') continue;
      const { line, column } = token;
      byPlace.set(place, { name, line, column, lastLine: this.#source.lastLineOf(place) });
    }
    return [...byPlace.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }
}

function scanExport(source: Structure, at: number, found: Found): void {
  const first = source.text(at + 1);
  if (first === 'default') {
    const value = source.valueAt(at + 2);
    const named = /^(async|function)$/.test(source.text(at + 2)) ? functionName(source, at + 2) : null;
    if (named !== null) found.declare(named, at);
    found.add('default', at, value);
  } else if (first === '=') {
    found.add('default', at, source.valueAt(at + 2));
  } else if (first === '{') {
    scanExportList(source, at + 1, found);
  } else {
    scanDeclaration(source, at + 1, (name, place) => {
      const begin = place === at + 1 ? at : place;
      found.declare(name, begin);
      found.addFirst(name, begin);
    });
  }
}

/** `export { a, b as c }`; with `from`, what it names is in another file. */
function scanExportList(source: Structure, open: number, found: Found): void {
  const close = source.closeOf(open);
  if (close === -1 || source.text(close + 1) === 'from') return;
  for (let at = open + 1; at > 0 && at < close; at = source.nextComma(at) + 1) {
    if (source.text(at) === 'type' && source.isWord(at + 1) && source.text(at + 1) !== 'as') continue;
    const renamed = source.text(at + 1) === 'as';
    const name = unquoted(source.text(renamed ? at + 2 : at));
    found.add(name, at, { kind: 'name', name: source.text(at) });
  }
}

/** `exports.f = ...`, `module.exports.f = ...`, `module.exports = f`, `module.exports = { ... }`. */
function scanCommonJs(source: Structure, begin: number, found: Found): void {
  let at = begin;
  const names: string[] = [];
  // `module.exports = exports.f = function ...` exports one function under several names.
  for (;;) {
    const isModule = source.text(at) === 'module';
    if (isModule && (source.text(at + 1) !== '.' || source.text(at + 2) !== 'exports')) break;
    if (!isModule && source.text(at) !== 'exports') break;
    at += isModule ? 3 : 1;
    if (source.text(at) === '=') names.push('default');
    else if (source.text(at) === '.' && source.text(at + 2) === '=') {
      names.push(source.text(at + 1));
      at += 2;
    } else return;
    at++;
  }
  if (names.length > 0 && source.text(at) === '{') scanObject(source, at, found);
  for (const name of names) found.add(name, begin, source.valueAt(at));
}

/** Members of the object that is the module. */
function scanObject(source: Structure, open: number, found: Found): void {
  const close = source.closeOf(open);
  for (let at = open + 1; at > 0 && (close === -1 || at < close); at = source.nextComma(at) + 1) {
    const key = source.text(at) === 'async' && source.isWord(at + 1) ? at + 1 : at;
    const name = unquoted(source.text(key));
    const next = source.text(key + 1);
    if (next === '(') found.add(name, at, { kind: 'function' });
    else if (next === ':') found.add(name, at, source.valueAt(key + 2));
    else if (source.isWord(key)) found.add(name, at, source.valueAt(key));
  }
}

/** Tells `each` the name and the first token of every function that is declared at `at`. */
function scanDeclaration(source: Structure, at: number, each: (name: string, at: number) => void): void {
  const keyword = source.text(at);
  if (keyword === 'function' || (keyword === 'async' && source.text(at + 1) === 'function')) {
    const name = functionName(source, at);
    if (name !== null) each(name, source.text(at - 1) === 'async' ? at - 1 : at);
    return;
  }
  if (!/^(const|let|var)$/.test(keyword)) return;
  for (let name = at + 1; name > 0; name = source.nextComma(name) + 1) {
    if (!source.isWord(name)) continue;
    const begin = source.initializerOf(name);
    if (begin !== -1 && source.valueAt(begin).kind === 'function')
      each(source.text(name), name === at + 1 ? at : name);
  }
}

/** Null for a generator and for a function without a name. */
function functionName(source: Structure, at: number): string | null {
  const name = source.text(at) === 'async' ? at + 2 : at + 1;
  return source.isWord(name) ? source.text(name) : null;
}

function unquoted(text: string): string {
  return text.replace(/^(['"])(.*)\1$/, '$2');
}
