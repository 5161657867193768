import { Connection } from './connection.ts';
import { newPair } from './hub.ts';
import { LocalLink } from './local-link.ts';

/**
 * Two connected ends. With `duplex` false the first only receives and the second only sends. Default true.
 *
 * ```ts
 * const [here, there] = Pipe<string>();
 * new Process({ target: greet, args: [there] }).start(); // `there` is in the child now
 * console.log(await here.recv());
 * ```
 *
 * Either end can be sent to another process, as an argument, a result or in a message, and from there to the next; here it is closed
 * then. What is sent before it arrives waits for it. The process that made the pipe passes messages on between two others: when it
 * ends, so does the pipe.
 */
export function Pipe<T = unknown>(duplex = true): [Connection<T>, Connection<T>] {
  const [first, second] = newPair();
  return [
    Connection.over<T>(new LocalLink(first), { receives: true, sends: duplex }),
    Connection.over<T>(new LocalLink(second), { receives: duplex, sends: true }),
  ];
}
