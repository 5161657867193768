/** Addresses and keys as users give them. */
import { isIP } from 'node:net';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';

/** A path (Unix socket, Windows named pipe) or a TCP host and port, as in Python. */
export type Address = string | readonly [host: string, port: number];

/** Key of the HMAC handshake: both sides must hold the same. */
export type AuthKey = string | Uint8Array;

/** Options of `connect` and `Manager.connect`. */
export interface ConnectOptions {
  /** The key of the other side. */
  authKey: AuthKey;
}

/** Options of `Listener`. */
export interface ListenerOptions extends ConnectOptions {
  /** Connections that may wait for `accept()`. Default 1. */
  backlog?: number | undefined;
}

/** What `net` connects to. @throws {TypeError | RangeError} for anything that is no address. */
export function checkAddress(address: Address): { path: string } | { host: string; port: number } {
  if (typeof address === 'string' && address !== '') return { path: address };
  if (!Array.isArray(address) || address.length !== 2 || typeof address[0] !== 'string')
    throw new TypeError(`an address is a path or [host, port], received ${JSON.stringify(address)}`);
  const [host, port] = address as readonly [string, number];
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RangeError(`a port is an integer from 0 to 65535, received ${String(port)}`);
  return { host, port };
}

/** @throws {TypeError} for what is no key, without repeating it. */
export function keyBytes(options: ConnectOptions | undefined): Buffer {
  const key: unknown = options?.authKey;
  if (typeof key !== 'string' && !(key instanceof Uint8Array))
    throw new TypeError(
      `authKey must be a string or a Uint8Array, received ${key === null ? 'null' : typeof key}`,
    );
  if (key.length === 0) throw new TypeError('authKey must not be empty');
  return Buffer.from(key as string);
}

/** Time in ms for the name of a host. */
const LOOKUP_LIMIT = 30_000;

/**
 * IP address of a host of this machine, before the call returns; Node tells it later only, so that another thread has to ask.
 * @throws the error of the system for a name that nobody knows.
 */
export function ipAddressNow(host: string): string {
  if (isIP(host) !== 0) return host;
  if (host === 'localhost') return '127.0.0.1';
  if (host === '') return '0.0.0.0';
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { host, port: port2, done };
  const worker = new Worker(asking, { eval: true, execArgv: [], workerData, transferList: [port2] });
  worker.unref();
  Atomics.wait(done, 0, 0, LOOKUP_LIMIT);
  const answer = receiveMessageOnPort(port1)?.message as { address?: string; code?: string } | undefined;
  port1.close();
  if (answer?.address !== undefined) return answer.address;
  const code = answer?.code ?? 'EAI_AGAIN';
  throw Object.assign(new Error(`getaddrinfo ${code} ${host}`), {
    code,
    syscall: 'getaddrinfo',
    hostname: host,
  });
}

const asking = `
  const { host, port, done } = require('node:worker_threads').workerData;
  require('node:dns').lookup(host, (error, address) => {
    port.postMessage({ address, code: error?.code });
    Atomics.store(done, 0, 1);
    Atomics.notify(done, 0);
  });
`;
