/** The way to the other end of a pipe for an end that came to this process: through the hub of the pipe. */
import { connect } from 'node:net';
import { ManycoreError } from '../errors.ts';
import { ByteWriter } from '../transport/bytes.ts';
import { FramedSocket } from './framed-socket.ts';
import { issuer, stamp } from './hub.ts';
import { type Link, otherEndGone, type Ticket } from './link.ts';
import { Mailbox } from './mailbox.ts';
import { FRAME, frameOf, isMessage, type Message, typeOf } from './message.ts';
import { removeDeserted } from './socket-folder.ts';
import { receive, transmit } from './socket-link.ts';

export class ClaimedLink implements Link {
  readonly inbox = new Mailbox();
  readonly #ticket: Ticket;
  #framed: FramedSocket | undefined;
  #received = 0;
  #refused = false;

  /** An end that this process itself has sent is claimed when it is used: who reads the message again may not mean to take it. */
  constructor(ticket: Ticket) {
    this.#ticket = ticket;
    if (ticket.issuer !== issuer) this.#open();
  }

  send(message: Message): void {
    const framed = this.#open();
    if (this.inbox.isEnded) message.lost?.();
    else transmit(message, framed);
  }

  gone(): Error {
    if (!this.#refused) return otherEndGone();
    return new ManycoreError(
      'this end of a pipe is elsewhere: it was received before, and an end is in one process at a time',
    );
  }

  close(): void {
    this.#open().end();
  }

  hold(held: boolean): void {
    this.#open().hold(held);
  }

  ticket(): Ticket {
    if (this.#framed === undefined) return this.#ticket;
    return { ...this.#ticket, hop: this.#ticket.hop + 1, ...stamp() };
  }

  /** What was received and not taken goes back to the hub, which gives it to the next process. */
  leave({ hop, nonce }: Ticket): void {
    const framed = this.#framed;
    if (framed === undefined) return;
    const back = (frame: Buffer) => framed.write(frameOf(FRAME.back, frame));
    for (const { frame } of this.inbox.takeAll()) back(frame);
    const body = new ByteWriter();
    body.u32(hop);
    body.u32(this.#received);
    body.text(nonce);
    framed.write(frameOf(FRAME.leave, body.written()));
    framed.onFrame = (frame) => {
      if (isMessage(frame)) back(frame);
      else if (typeOf(frame) === FRAME.stop) {
        framed.write(frameOf(FRAME.left, Buffer.alloc(0)));
        framed.end();
      }
    };
    framed.onEnd = () => {};
    // Until the hub has everything, which may be more than was received here so far.
    framed.hold(true);
    framed.resume();
  }

  #open(): FramedSocket {
    if (this.#framed !== undefined) return this.#framed;
    const { hub, end, hop, nonce } = this.#ticket;
    const framed = new FramedSocket(connect(hub));
    framed.write(frameOf(FRAME.claim, Buffer.from(JSON.stringify({ end, hop, nonce }))));
    framed.onFrame = (frame) => this.#take(frame, framed);
    framed.onEnd = () => {
      this.inbox.end();
      void removeDeserted(hub);
    };
    this.#framed = framed;
    return framed;
  }

  #take(frame: Buffer, framed: FramedSocket): void {
    if (isMessage(frame)) {
      this.#received++;
      receive(frame, this.inbox, framed);
      return;
    }
    this.#refused ||= typeOf(frame) === FRAME.refused;
    if (typeOf(frame) === FRAME.refused || typeOf(frame) === FRAME.ended) this.inbox.end();
  }
}
