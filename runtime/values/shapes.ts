/**
 * Shapes: lists of property names that many objects have in common. They are sent once, then called by number.
 * Writer and reader of a stream count them in the same order, so that a number needs no further agreement.
 */

/** Shapes of one stream; objects beyond them bring their names along. */
export const MAX_SHAPES = 1024;
/** Objects with more properties are dictionaries: no other has the same names. */
export const MAX_SHAPE_SIZE = 64;
/** Nodes of the tree of names, after which it begins anew. */
const MAX_NODES = 16_384;

/** A list of names, as a path from the root: each node is the list of its parent and one name more. */
export interface ShapeNode {
  readonly size: number;
  readonly next: Map<string, ShapeNode>;
  /** The step that was taken last is nearly always the step that is taken next. */
  lastName: string;
  lastNode: ShapeNode | undefined;
  /** Number in the stream, if `ShapeTable.has` says so. */
  id: number;
}

/** The writer's side. */
export class ShapeTable {
  #root = newNode(0);
  #nodes = 1;
  #known: ShapeNode[] = [];

  get root(): ShapeNode {
    return this.#root;
  }

  /** Shapes that were sent. */
  get count(): number {
    return this.#known.length;
  }

  /** The list of `node` and `name`. */
  step(node: ShapeNode, name: string): ShapeNode {
    if (node.lastName === name && node.lastNode !== undefined) return node.lastNode;
    let found = node.next.get(name);
    if (found === undefined) {
      found = newNode(node.size + 1);
      node.next.set(name, found);
      this.#nodes++;
    }
    node.lastName = name;
    node.lastNode = found;
    return found;
  }

  has(node: ShapeNode): boolean {
    return this.#known[node.id] === node;
  }

  /** Notes that the shape is sent now; its number is the next one. False when the table is full. */
  add(node: ShapeNode): boolean {
    if (this.#known.length >= MAX_SHAPES) return false;
    node.id = this.#known.push(node) - 1;
    return true;
  }

  /** Forgets the shapes behind the first `count`: what was written of them is not sent. */
  truncate(count: number): void {
    this.#known.length = count;
    if (this.#nodes < MAX_NODES || count > 0) return;
    this.#root = newNode(0);
    this.#nodes = 1;
  }
}

const newNode = (size: number): ShapeNode => ({
  size,
  next: new Map(),
  lastName: '',
  lastNode: undefined,
  id: -1,
});
