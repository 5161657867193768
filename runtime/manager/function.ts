import { userFrames } from '../process/stack.ts';
import { locateNow } from '../values/locate-now.ts';
import type { FunctionReference } from '../values/reference.ts';

/** Where the manager finds an exported function or class. `below` is what the user called. @throws {NotImportableError} */
export const referenceTo = (
  fn: CallableFunction | NewableFunction,
  below: CallableFunction | NewableFunction,
): FunctionReference => locateNow(fn as (...args: never[]) => unknown, userFrames(below));
