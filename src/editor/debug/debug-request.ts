import { checkRunRequest, type RunRequest } from '../commands/run-request.ts';
import { errors } from '../errors.ts';

/**
 * What `manycore.debugOneItem` and `manycore.debugWithWorkers` take from a lens, a keybinding or a test; everything is
 * optional. With `item`, `value` or `data` nothing is asked, and a failure rejects.
 */
export interface DebugRequest extends RunRequest {
  /** Item of the dataset, from 0. */
  readonly item?: number;
  /** The item itself: any value that JSON can hold. */
  readonly value?: unknown;
}

/**
 * Checks an argument object that came from outside.
 * @throws {EditorError} `ERR_MANYCORE_USAGE` that names the field, what was received and what is wanted
 */
export function checkDebugRequest(given: object): DebugRequest {
  const { item, value, ...rest } = given as DebugRequest;
  if (item !== undefined && !(Number.isSafeInteger(item) && item >= 0))
    throw errors.badArgument('item', item, 'a whole number from 0');
  if (value !== undefined && JSON.stringify(value) === undefined)
    throw errors.badArgument('value', value, 'a value that JSON can hold');
  checkRunRequest(rest);
  return given;
}

/** Whether a program asks, which cannot be asked anything. */
export function isComplete(request: DebugRequest): boolean {
  return request.item !== undefined || request.value !== undefined || request.data !== undefined;
}
