/**
 * One call between a pool on an engine and the worker that makes it. Values are in the runtime's own format (`codec.ts`), each byte
 * of which is one character: strings are moved fastest, and the host does not look into them.
 *
 *   item      [INDEX, EXPORT \t SPREAD VALUE]      SPREAD is 1 when the value is the list of arguments, else 0
 *   outcome   a record of `task-text.ts`; TEXT is the value, or the error
 */

import { ByteReader, ByteWriter } from '../../../runtime/transport/bytes.ts';
import { decode, encode } from '../../../runtime/values/codec.ts';
import { packRecord } from '../../job/task-text.ts';

export interface CallText {
  readonly name: string;
  readonly spread: boolean;
  readonly value: string;
}

export const packCall = ({ name, spread, value }: CallText): string => `${name}\t${spread ? 1 : 0}${value}`;

export function unpackCall(text: string): CallText {
  const tab = text.indexOf('\t');
  return { name: text.slice(0, tab), spread: text[tab + 1] === '1', value: text.slice(tab + 2) };
}

/** @throws {SerializationError} naming the place, which begins with `name()`. */
export function valueToText(value: unknown, name: () => string): string {
  const writer = new ByteWriter();
  encode(value, writer, name);
  return writer.take().toString('latin1');
}

/** @throws {ModuleNeededError} when a class or function of the value is not loaded. */
export const textToValue = (text: string): unknown => decode(new ByteReader(Buffer.from(text, 'latin1')));

/** The record of a call that gave nothing: its worker ended, or it ran out of time. */
export function lostCall(index: number, error: unknown, ms: number): string {
  const pid = error instanceof Error && 'pid' in error && typeof error.pid === 'number' ? error.pid : 0;
  const text = valueToText(error, () => 'error');
  return packRecord({ index, ok: false, key: '', text, begin: Date.now() - ms, ms, encodeMs: 0, pid });
}
