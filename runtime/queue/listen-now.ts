/** Makes a server listen before the call returns, or throws why it cannot: Node itself tells that later. */
import net, { isIP, type Server } from 'node:net';
import { getSystemErrorName } from 'node:util';

/** What a server listens with. Node's types leave it out. */
interface Handle {
  listen(backlog: number): number;
  close(): void;
}

/** What `server.listen` calls itself, and what Node exports for its own module `cluster`: a bound handle, or the number of an error. */
const bind = (
  net as unknown as { _createServerHandle(address: string, port: number, type: number): Handle | number }
)._createServerHandle;

/** @throws the error of the system. */
export function listenOnPath(server: Server, path: string, backlog: number): void {
  quietly(server, () => server.listen({ path, backlog, exclusive: true }));
  if (server.listening) return;
  // It has failed at once, and says only later why: the same again says it now.
  const reason = bind(path, -1, -1);
  if (typeof reason !== 'number') reason.close();
  throw systemError(typeof reason === 'number' ? getSystemErrorName(reason) : 'EADDRINUSE', path);
}

/** Listens on a port of an IP address; with a host, Node would not even bind the port at once. @throws the error of the system. */
export function listenOnPort(server: Server, host: string, port: number, backlog: number): void {
  const handle = bind(host, port, isIP(host));
  if (typeof handle === 'number') throw systemError(getSystemErrorName(handle), host, port);
  const listen = handle.listen.bind(handle);
  let status = 0;
  handle.listen = (length) => {
    status = listen(length);
    return status;
  };
  quietly(server, () => server.listen(handle, backlog));
  if (status !== 0) throw systemError(getSystemErrorName(status), host, port);
}

/** An error of `listen` is emitted after the call; it is thrown here. */
function quietly(server: Server, listen: () => void): void {
  const ignore = () => {};
  server.on('error', ignore);
  listen();
  if (server.listening) server.off('error', ignore);
}

function systemError(code: string, address: string, port?: number): NodeJS.ErrnoException {
  const place = port === undefined ? address : `${address}:${port}`;
  const about = { code, syscall: 'listen', address, ...(port === undefined ? {} : { port }) };
  return Object.assign(new Error(`listen ${code}: cannot listen on ${place}`), about);
}
