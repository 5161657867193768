/** What running an item needs of the worker around it. */
export type AnyFunction = (...args: unknown[]) => unknown;

export interface ItemHooks {
  /** Called with the position of an item before it begins. */
  begins(position: number): void;
  /** True when no further item is to begin. */
  stopped(): boolean;
  /** The event loop gets its turn while an item waits. */
  waits(): void;
  /** Looks through a result before it is sent; undefined when enough of this function were looked through. */
  readonly check: ((result: unknown) => boolean) | undefined;
  /** Imports a module that a value needs. */
  load(url: string): Promise<void>;
}
