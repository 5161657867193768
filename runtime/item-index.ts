const itemIndexKey = Symbol.for('manycore.itemIndex');

/**
 * Index of the item whose task threw `error`, from 0; undefined for anything that did not come out of a task with an index.
 * Holds for the user's errors as well as for the runtime's: `catch (error) { console.log(itemIndexOf(error)) }`.
 */
export function itemIndexOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const index: unknown = Reflect.get(error, itemIndexKey);
  return typeof index === 'number' ? index : undefined;
}

/** Marks `error` with the index of its item: a symbol that is not enumerable, so that nothing prints or copies it. */
export function tagItemIndex(error: unknown, index: number | undefined): void {
  if (index === undefined || typeof error !== 'object' || error === null || !Object.isExtensible(error))
    return;
  Object.defineProperty(error, itemIndexKey, { value: index, configurable: true });
}
