import { fileURLToPath } from 'node:url';
import type { FunctionReference } from '../../../runtime/values/reference.ts';
import { bundlePortable, type Portable } from '../portable.ts';

/** What the bundle exports that travels to the hosts. */
export interface CallBundle {
  /** The exports of the module whose functions are called. */
  readonly module: Readonly<Record<string, unknown>>;
  readonly initializer?: (...args: readonly unknown[]) => unknown;
  /** `valueToText` of the list of arguments. */
  readonly initArgs?: string;
  readonly finalizer?: () => unknown;
}

/** What is done in a worker before its first call and after its last. */
export interface WorkerSetUp {
  readonly initializer: FunctionReference | undefined;
  /** `valueToText` of the list of arguments. */
  readonly initArgs: string;
  readonly finalizer: FunctionReference | undefined;
}

/** The module at `url` with what workers are set up by, as one file: a module that all of them share is there once. */
export function bundleCalls(
  url: string,
  { initializer, initArgs, finalizer }: WorkerSetUp,
): Promise<Portable> {
  const lines = [
    `export * as module from ${JSON.stringify(fileURLToPath(url))};`,
    ...exported('initializer', initializer),
    ...(initializer === undefined ? [] : [`export const initArgs = ${JSON.stringify(initArgs)};`]),
    ...exported('finalizer', finalizer),
  ];
  return bundlePortable(fileURLToPath(url), lines.join('\n'));
}

function exported(as: keyof CallBundle, reference: FunctionReference | undefined): string[] {
  if (reference === undefined) return [];
  const path = reference.name.split('.').map((part) => `[${JSON.stringify(part)}]`);
  return [
    `import * as of_${as} from ${JSON.stringify(fileURLToPath(reference.url))};`,
    `export const ${as} = (...args) => of_${as}${path.join('')}(...args);`,
  ];
}
