/**
 * Serves the ends of the pipes of this process that were sent to other processes. Who comes says which end, as a ticket; what is
 * sent while an end is on its way is kept here.
 */
import { randomBytes } from 'node:crypto';
import { Server, type Socket } from 'node:net';
import { FramedSocket } from './framed-socket.ts';
import type { Ticket } from './link.ts';
import { listenOnPath } from './listen-now.ts';
import { bodyOf, FRAME, typeOf } from './message.ts';
import { Side } from './side.ts';
import { privateAddress } from './socket-folder.ts';

/** A ticket has less; nobody else comes so far as to send more. */
const MAX_CLAIM = 1024;
/** Time in ms for the first frame. */
const CLAIM_LIMIT = 10_000;
/** Processes that wait to be let in. */
const BACKLOG = 511;

/** Tells the processes of a family apart, also those with the same id in different containers. */
export const issuer: string = randomBytes(8).toString('hex');

/** By their ids, which only holders of a ticket know. */
const sides = new Map<string, Side>();
let server: Server | undefined;
let address: string | undefined;
let holders = 0;

export function newPair(): [Side, Side] {
  return Side.pair({
    hold(held) {
      holders += held ? 1 : -1;
      weigh();
    },
    forget(side) {
      sides.delete(side.id);
    },
  });
}

/** A ticket for a side that is here, good when the side was told to `leave` with it. */
export function ticketOf(side: Side): Ticket {
  sides.set(side.id, side);
  return { ...{ hub: open(), end: side.id, hop: side.hop + 1 }, ...stamp() };
}

export const stamp = (): { nonce: string; issuer: string } => ({
  nonce: randomBytes(8).toString('hex'),
  issuer,
});

/** Keeps the process alive while somebody here waits for another process. */
function weigh(): void {
  if (holders > 0) server?.ref();
  else server?.unref();
}

function open(): string {
  if (address !== undefined) return address;
  address = privateAddress();
  server = new Server(admit);
  listenOnPath(server, address, BACKLOG);
  weigh();
  return address;
}

function admit(socket: Socket): void {
  const framed = new FramedSocket(socket);
  const late = setTimeout(() => framed.destroy(), CLAIM_LIMIT).unref();
  framed.limit = MAX_CLAIM;
  framed.onEnd = () => clearTimeout(late);
  framed.onFrame = (frame) => {
    const ticket = typeOf(frame) === FRAME.claim ? parse(bodyOf(frame)) : undefined;
    const side = ticket === undefined ? undefined : sides.get(ticket.end);
    clearTimeout(late);
    framed.limit = Number.POSITIVE_INFINITY;
    if (ticket === undefined || side === undefined) framed.end();
    else side.claim(ticket, framed);
  };
}

function parse(body: Buffer): Pick<Ticket, 'end' | 'hop' | 'nonce'> | undefined {
  try {
    const { end, hop, nonce } = JSON.parse(body.toString()) as Ticket;
    return typeof end === 'string' && Number.isInteger(hop) ? { end, hop, nonce } : undefined;
  } catch {
    return undefined;
  }
}
