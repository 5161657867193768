import { connect as connectSocket } from 'node:net';
import { type Address, type ConnectOptions, checkAddress, keyBytes } from './address.ts';
import { Connection } from './connection.ts';
import { FramedSocket } from './framed-socket.ts';
import { askToEnter } from './handshake.ts';
import { SocketLink } from './socket-link.ts';

/** Connects to a `Listener`. Rejects with `AuthenticationError` for a wrong key, and with the system's error when nobody listens. */
export async function connect<T = unknown>(
  address: Address,
  options: ConnectOptions,
): Promise<Connection<T>> {
  const key = keyBytes(options);
  const framed = new FramedSocket(connectSocket({ ...checkAddress(address), noDelay: true }));
  framed.hold(true);
  const connection = await askToEnter(framed, key, () => Connection.over<T>(new SocketLink(framed)));
  framed.hold(false);
  return connection;
}
