/** The functions that a pool was given, and what is known of each. */
import { CHECKED } from '../values/lossy.ts';
import type { FunctionReference } from '../values/reference.ts';

export class FunctionTable {
  readonly #references: FunctionReference[] = [];
  readonly #ids = new Map<string, number>();
  /** The same by reference: it is the same object for the same function. */
  readonly #numbers = new WeakMap<FunctionReference, number>();
  /** Single tasks whose arguments were looked through, by function. */
  readonly #checked: number[] = [];
  /** Mean time of an item in ms, by function. */
  readonly #means: (number | undefined)[] = [];

  /** Number of a function among those of this pool. */
  define(reference: FunctionReference): number {
    const number = this.#numbers.get(reference);
    if (number !== undefined) return number;
    const key = `${reference.url} ${reference.name} ${reference.source ?? ''}`;
    const id = this.#ids.get(key) ?? this.#references.push(reference) - 1;
    this.#ids.set(key, id);
    this.#numbers.set(reference, id);
    return id;
  }

  reference(fn: number): FunctionReference {
    const reference = this.#references[fn];
    if (reference === undefined) throw new RangeError(`function ${fn} was not defined`);
    return reference;
  }

  /** Items of a call of this function that are looked through for what arrives changed; single tasks share the number. */
  checks(fn: number, many: boolean): number {
    if (many) return CHECKED;
    const checked = this.#checked[fn] ?? 0;
    this.#checked[fn] = checked + 1;
    return checked < CHECKED ? 1 : 0;
  }

  /** Mean time in ms of an item in earlier calls; undefined before the first. */
  meanOf(fn: number): number | undefined {
    return this.#means[fn];
  }

  measured(fn: number, mean: number | undefined): void {
    if (mean !== undefined) this.#means[fn] = mean;
  }
}
