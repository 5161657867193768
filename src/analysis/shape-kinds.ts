/**
 * Types of the language and of Node whose values do not cross to another process, by the name of their declaration in the
 * compiler's libraries or in @types/node, and what the developer can do instead. What arrives changed without an error
 * (a plain class instance, a Request) is the business of other rules.
 */
export const REFUSED: Readonly<Record<string, string>> = {
  Promise: 'await it before it is sent',
  PromiseLike: 'await it before it is sent',
  WeakMap: 'send a Map of what the worker needs, or make it in the worker',
  WeakSet: 'send a Set of what the worker needs, or make it in the worker',
  WeakRef: 'send the object that it points to',
  FinalizationRegistry: 'keep it in the parent',
  Generator: 'spread it into an array first: [...values]',
  AsyncGenerator: 'collect it into an array first',
  IteratorObject: 'spread it into an array first: [...values]',
  AsyncIteratorObject: 'collect it into an array first',
  IterableIterator: 'spread it into an array first: [...values]',
  AsyncIterableIterator: 'collect it into an array first',
  MapIterator: 'spread it into an array first: [...values]',
  SetIterator: 'spread it into an array first: [...values]',
  ArrayIterator: 'spread it into an array first: [...values]',
  StringIterator: 'spread it into an array first: [...values]',
  RegExpStringIterator: 'spread it into an array first: [...values]',
  Iterator: 'spread it into an array first: [...values]',
  AsyncIterator: 'collect it into an array first',
  Collator: 'send the locale and options, and make it in the worker',
  DateTimeFormat: 'send the locale and options, and make it in the worker',
  NumberFormat: 'send the locale and options, and make it in the worker',
  PluralRules: 'send the locale and options, and make it in the worker',
  RelativeTimeFormat: 'send the locale and options, and make it in the worker',
  ListFormat: 'send the locale and options, and make it in the worker',
  Segmenter: 'send the locale and options, and make it in the worker',
  DisplayNames: 'send the locale and options, and make it in the worker',
  DurationFormat: 'send the locale and options, and make it in the worker',
  Instance: 'send the bytes of the module, and instantiate it in the worker',
  Memory: 'use SharedMemory or SharedArray of the package',
  Module: 'send the bytes of the module, and compile them in the worker',
  Console: 'use the console of the worker: its output is shown with the name of the worker',
  Process: 'read what the worker needs from it and send that',
  ProcessEnv: 'send { ...process.env }',
  Stream: 'send the path or the bytes, and open it in the worker',
  ReadableStream: 'send the path or the bytes, and open it in the worker',
  WritableStream: 'send the path, and open it in the worker',
  TransformStream: 'make it in the worker',
  Readable: 'send the path or the bytes, and open it in the worker',
  Writable: 'send the path, and open it in the worker',
  Socket: 'send host and port, and connect in the worker',
  Agent: 'make it in the worker',
  FileHandle: 'send the path, and open it in the worker',
  ChildProcess: 'send its pid',
  Worker: 'keep it in the parent',
  MessagePort: 'use Pipe or Queue of the package',
  AsyncLocalStorage: 'send the value that it holds',
  Blob: 'send its bytes: new Uint8Array(await blob.arrayBuffer())',
  File: 'send its bytes: new Uint8Array(await file.arrayBuffer())',
  KeyObject: 'send key.export(), and make the key in the worker',
  CryptoKey: 'send the exported key, and import it in the worker',
  RecordableHistogram: 'send the numbers that it holds',
  IntervalHistogram: 'send the numbers that it holds',
  BlockList: 'send its rules, and make it in the worker',
  SocketAddress: 'send its address and port',
  Script: 'send the source text',
  IArguments: 'spread it into an array: [...arguments]',
};

/** Base types that make every type derived from them refused, such as Readable for ReadStream. */
export const REFUSED_BASES: ReadonlySet<string> = new Set(['Stream', 'Readable', 'Writable', 'Socket', 'Agent']);

/** Types of the libraries with type arguments that are sent with them. */
export const CONTAINERS: ReadonlySet<string> = new Set([
  'Map', 'Set', 'ReadonlyMap', 'ReadonlySet', 'Array', 'ReadonlyArray', 'ConcatArray',
]);
