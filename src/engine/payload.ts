/** Items and outcomes of a chunk as bytes. Both ends have the same major version of Node, so that V8's own format holds. */
import { deserialize, serialize } from 'node:v8';
import type { TaskItem } from '../job/task-text.ts';

export const packChunk = (items: readonly TaskItem[]): Uint8Array => serialize(items);
export const unpackChunk = (payload: Uint8Array): readonly TaskItem[] => deserialize(payload);

/** Each record as `packRecord` gives it. */
export const packRecords = (records: readonly string[]): Uint8Array => serialize(records);
export const unpackRecords = (payload: Uint8Array): readonly string[] => deserialize(payload);
