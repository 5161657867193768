/**
 * Types of the compiler's libraries and of @types/node whose values arrive as an object without anything that can be used, and
 * what the developer can do instead; `test/analysis/loss-kinds.test.ts` holds them to what arrives. `URL`, `URLSearchParams`, `Headers`, `DOMException`, errors and buffers cross as themselves.
 */
export const EMPTIED: Readonly<Record<string, string>> = {
  AbortSignal: 'pass it as the option `signal` of the call, and ask `taskSignal()` in the worker',
  AbortController: 'pass its signal as the option `signal` of the call, and ask `taskSignal()` in the worker',
  Request: 'send url, method, headers and body, and make the request there',
  Response: 'send status, headers and the body: await response.text() or response.arrayBuffer()',
  FormData: 'send its entries: [...form]',
  TextDecoder: 'send the name of the encoding, and make it there',
  TextEncoder: 'make it there',
  EventTarget: 'send what its listeners need, and report back through results or a Queue',
  BroadcastChannel: 'send its name, or use a Queue of the package',
  Performance: 'read what is needed from it and send that',
  PerformanceEntry: 'send entry.toJSON()',
  ECDH: 'send its keys',
  TextDecoderStream: 'make it there',
  TextEncoderStream: 'make it there',
  CompressionStream: 'make it there',
  DecompressionStream: 'make it there',
  Hash: 'finish it here and send hash.digest()',
  Hmac: 'finish it here and send hmac.digest()',
  EventEmitter: 'send what its listeners need, and report back through results or a Queue',
};

/** Types of the libraries that keep their fields but lose their methods. */
export const KEEPING_FIELDS: ReadonlySet<string> = new Set([
  'Stats',
  'BigIntStats',
  'StatsBase',
  'Dirent',
  'StatFs',
]);

/** Classes of the language whose subclasses arrive as the class itself, without any field of their own. */
export const OF_LANGUAGE: ReadonlySet<string> = new Set([
  'Map',
  'Set',
  'Array',
  'Date',
  'RegExp',
  'DataView',
  'ArrayBuffer',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
]);
