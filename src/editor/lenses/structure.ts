import { type Token, tokenize } from './tokens.ts';

/** What stands where an expression begins: a function, a name for something declared elsewhere, or anything else. */
export type Value =
  | { readonly kind: 'function' }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'other' };

const FUNCTION: Value = { kind: 'function' };
const OTHER: Value = { kind: 'other' };
/** Longest list of type parameters, in tokens, that is looked through. */
const MAX_TYPE_PARAMETERS = 300;

/** Tokens with their brackets matched. Indexes are of tokens; one out of range gives the empty text. */
export class Structure {
  readonly tokens: readonly Token[];
  /** Of each token. */
  readonly #depth: Uint32Array;
  /** Index of the bracket that closes the one at an index; 0 where none does. */
  readonly #close: Uint32Array;

  constructor(text: string) {
    this.tokens = tokenize(text);
    this.#depth = new Uint32Array(this.tokens.length);
    this.#close = new Uint32Array(this.tokens.length);
    const open: number[] = [];
    for (let index = 0; index < this.tokens.length; index++) {
      const token = this.tokens[index] as Token;
      if (beginsModuleStatement(token)) open.length = 0;
      if (closes(token)) {
        const opener = open.pop();
        if (opener !== undefined) this.#close[opener] = index;
      }
      this.#depth[index] = open.length;
      if (opens(token)) open.push(index);
    }
  }

  text(index: number): string {
    return this.tokens[index]?.text ?? '';
  }

  isWord(index: number): boolean {
    return this.tokens[index]?.kind === 'word';
  }

  depth(index: number): number {
    return this.#depth[index] ?? 0;
  }

  /** Index of the bracket that closes the one at `index`; -1 when none does. */
  closeOf(index: number): number {
    return this.#close[index] || -1;
  }

  /** At the top level, or in the first column of a file whose brackets do not match at the moment. */
  isTop(index: number): boolean {
    const token = this.tokens[index];
    return token !== undefined && (this.depth(index) === 0 || (token.leads && token.column === 0));
  }

  /** Judges the expression that begins at `index`. Generators are `other`: their result is not a value. */
  valueAt(index: number): Value {
    const at = this.text(index) === 'async' && this.text(index + 1) !== '=>' ? index + 1 : index;
    const text = this.text(at);
    if (text === 'function') return this.text(at + 1) === '*' ? OTHER : FUNCTION;
    if (text === '<') return this.#genericArrowAt(at) ? FUNCTION : OTHER;
    if (text === '(') return this.#parenthesisAt(at);
    if (!this.isWord(at)) return OTHER;
    if (this.text(at + 1) === '=>') return FUNCTION;
    return this.#endsAfter(at) ? { kind: 'name', name: text } : OTHER;
  }

  /** Index after the `=` of a declaration whose name is at `index`, or -1: past its type, not past its statement. */
  initializerOf(index: number): number {
    const depth = this.depth(index);
    const begin = this.tokens[index];
    for (let at = index + 1; at < this.tokens.length; at++) {
      if (this.depth(at) > depth || this.text(at) === '}' || this.text(at) === ')') continue;
      if (this.text(at) === '=') return at + 1;
      if (this.depth(at) < depth || /^[;,]$/.test(this.text(at))) return -1;
      if (at === index + 1 && this.text(at) !== ':' && this.text(at) !== '!') return -1;
      if (this.#beginsStatement(at, begin)) return -1;
    }
    return -1;
  }

  /** Index of the next `,` of a list whose element is at `index`; -1 when the list or the statement ends first. */
  nextComma(index: number): number {
    const depth = this.depth(index);
    for (let at = index; at < this.tokens.length; at++) {
      if (this.depth(at) > depth) continue;
      if (this.depth(at) < depth || this.text(at) === ';') return -1;
      if (this.text(at) === ',') return at;
      if (depth === 0 && at > index && this.#beginsStatement(at, { column: 0 })) return -1;
    }
    return -1;
  }

  /** Last line (from 0) of the statement or member that begins at `index`. */
  lastLineOf(index: number): number {
    const begin = this.tokens[index];
    if (begin === undefined) return 0;
    const depth = this.depth(index);
    for (let at = index + 1; at < this.tokens.length; at++) {
      if (this.depth(at) < depth || (this.depth(at) === depth && this.#beginsStatement(at, begin)))
        return this.tokens[at - 1]?.line ?? begin.line;
    }
    return this.tokens.at(-1)?.line ?? begin.line;
  }

  #genericArrowAt(index: number): boolean {
    let open = 0;
    for (let at = index; at < Math.min(this.tokens.length, index + MAX_TYPE_PARAMETERS); at++) {
      if (this.text(at) === '<') open++;
      if (this.text(at) === '>' && --open === 0)
        return this.text(at + 1) === '(' && this.#arrowFollows(at + 1);
    }
    return false;
  }

  #parenthesisAt(index: number): Value {
    if (this.#arrowFollows(index)) return FUNCTION;
    const close = this.closeOf(index);
    // `(function () { ... })()` is what it gives back, not the function.
    const called = close !== -1 && /^(\(|\.|\?\.|\[)$/.test(this.text(close + 1));
    return called ? OTHER : this.valueAt(index + 1);
  }

  /** A list in parentheses, then `=>`, or `:` and a return type. */
  #arrowFollows(index: number): boolean {
    const close = this.closeOf(index);
    return close !== -1 && (this.text(close + 1) === '=>' || this.text(close + 1) === ':');
  }

  /** The expression is this one name. */
  #endsAfter(index: number): boolean {
    const next = this.tokens[index + 1];
    return (
      next === undefined ||
      /^[;,)}]$|^(as|satisfies)$/.test(next.text) ||
      (next.leads && next.kind === 'word')
    );
  }

  #beginsStatement(index: number, begin: { readonly column: number } | undefined): boolean {
    const token = this.tokens[index];
    if (token === undefined || begin === undefined || !token.leads) return false;
    return token.column <= begin.column && (token.kind === 'word' || token.kind === 'string');
  }
}

/** `export` and `import` statements in the first column: at the top level, whatever was left open before them. */
function beginsModuleStatement(token: Token): boolean {
  return token.leads && token.column === 0 && /^(export|exports|module)$/.test(token.text);
}

function opens({ kind, text }: Token): boolean {
  if (kind === 'template') return text.endsWith('${');
  return kind === 'punctuation' && (text === '{' || text === '(' || text === '[');
}

function closes({ kind, text }: Token): boolean {
  if (kind === 'template') return text.startsWith('}');
  return kind === 'punctuation' && (text === '}' || text === ')' || text === ']');
}
