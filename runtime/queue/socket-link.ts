/** The way to the other end through a socket, as `Listener` and `connect` make it. */
import type { FramedSocket } from './framed-socket.ts';
import { newPair, ticketOf } from './hub.ts';
import { type Link, otherEndGone, type Ticket } from './link.ts';
import { Mailbox } from './mailbox.ts';
import { isMessage, type Message } from './message.ts';
import type { Side } from './side.ts';

export class SocketLink implements Link {
  readonly inbox = new Mailbox();
  readonly #framed: FramedSocket;
  /** Made when the connection is to be sent: this process is the hub then, and the socket stays here. */
  #sides: [near: Side, far: Side] | undefined;

  constructor(framed: FramedSocket) {
    this.#framed = framed;
    framed.onFrame = (frame) => {
      if (isMessage(frame)) receive(frame, this.inbox, framed);
    };
    framed.onEnd = () => this.inbox.end();
  }

  send(message: Message): void {
    transmit(message, this.#framed);
  }

  gone(): Error {
    return otherEndGone();
  }

  close(): void {
    this.#framed.end();
    for (const side of this.#sides ?? []) side.close();
  }

  hold(held: boolean): void {
    this.#framed.hold(held);
  }

  ticket(): Ticket {
    this.#sides ??= newPair();
    return ticketOf(this.#sides[0]);
  }

  leave(ticket: Ticket): void {
    this.#sides ??= newPair();
    const [near, far] = this.#sides;
    this.#framed.hold(false);
    near.mailbox.putBack(this.inbox.takeAll());
    if (this.inbox.isEnded) far.close();
    else far.attach(this.#framed, false);
    near.leave(ticket);
  }
}

/** Takes no more from a socket than is taken from the inbox. */
export function receive(frame: Buffer, inbox: Mailbox, framed: FramedSocket): void {
  const message: Message = { frame };
  inbox.put(message);
  if (!inbox.isFull) return;
  framed.pause();
  message.taken = () => framed.resume();
}

/** The message is taken when the system has it. */
export function transmit(message: Message, framed: FramedSocket): void {
  framed.write(message.frame, (taken) => (taken ? message.taken : message.lost)?.());
}
