import { ts } from 'ts-morph';

/** Syntax holds as long as the file is the same object, whatever program it is in. */
const known = new WeakMap<ts.SourceFile, readonly ts.Node[]>();

/**
 * Every node of a file, itself first, in the order of the text, what is around others before these. To go down a tree costs more
 * than most of what is done with its nodes, so it is done once.
 */
export function nodesOf(file: ts.SourceFile): readonly ts.Node[] {
  let nodes = known.get(file);
  if (nodes === undefined) {
    nodes = collect(file);
    known.set(file, nodes);
  }
  return nodes;
}

function collect(file: ts.SourceFile): readonly ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return nodes;
}
