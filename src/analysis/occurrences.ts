import { ts } from 'ts-morph';
import type { Model } from './model.ts';
import { syntaxOf } from './syntax.ts';

/** Where the names of a file are used, found in one walk. */
export interface Occurrences {
  /**
   * By the declaration of what the name stands for, imports followed; declarations, types, imports and exports are left out.
   * See `declarationOf`.
   */
  readonly byDeclaration: ReadonlyMap<ts.Declaration, readonly ts.Identifier[]>;
  /** Names that have no declaration in the program's own files: `exports`, `globalThis`, `process`. */
  readonly ambient: ReadonlyMap<string, readonly ts.Identifier[]>;
  readonly self: readonly ts.Node[];
}

/** Every use of a name in a file, in the order of the text. */
export const occurrencesIn = (model: Model, file: ts.SourceFile): Occurrences =>
  model.keep(collect, file, file, { byDeclaration: new Map(), ambient: new Map(), self: [] });

/** The uses of a variable, function or class in a file. */
export function usesOf(
  model: Model,
  file: ts.SourceFile,
  symbol: ts.Symbol | undefined,
): readonly ts.Identifier[] {
  const declaration = symbol && declarationOf(symbol);
  return (declaration && occurrencesIn(model, file).byDeclaration.get(declaration)) ?? [];
}

/** The declaration that stands for a symbol, whichever program it is of. */
const declarationOf = (symbol: ts.Symbol): ts.Declaration | undefined =>
  symbol.valueDeclaration ?? symbol.declarations?.[0];

function collect(model: Model, file: ts.SourceFile): Occurrences {
  const byDeclaration = new Map<ts.Declaration, ts.Identifier[]>();
  const ambient = new Map<string, ts.Identifier[]>();
  const addUse = (node: ts.Identifier): void => {
    if (!isUse(node)) return;
    const symbol = model.symbolAt(node);
    const own = symbol?.declarations?.some((one) => !one.getSourceFile().isDeclarationFile) === true;
    const declaration = symbol && declarationOf(symbol);
    if (declaration !== undefined && own) push(byDeclaration, declaration, node);
    // Of `exports` and `module` the compiler knows the file, or what is assigned.
    const isExports = node.text === 'exports' || node.text === 'module';
    if (!own || (isExports && !symbol?.declarations?.some(isDeclared))) push(ambient, node.text, node);
  };
  const { valueNames, selves } = syntaxOf(file);
  for (const node of valueNames) addUse(node);
  return { byDeclaration, ambient, self: selves };
}

const isDeclared = (node: ts.Declaration): boolean =>
  ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node);

function push<K>(map: Map<K, ts.Identifier[]>, key: K, node: ts.Identifier): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [node]);
  else list.push(node);
}

/** True for a name that is evaluated or written, false for one that declares, labels or selects. */
function isUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if ('name' in parent && parent.name === node) return false;
  if ('propertyName' in parent && parent.propertyName === node) return false;
  if ('label' in parent && parent.label === node) return false;
  return !ts.isExportAssignment(parent) && !ts.isExportSpecifier(parent) && !ts.isImportSpecifier(parent);
}
