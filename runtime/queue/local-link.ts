/** The way to the other end of a pipe that was made in this process. */
import { ticketOf } from './hub.ts';
import { type Link, otherEndGone, type Ticket } from './link.ts';
import type { Mailbox } from './mailbox.ts';
import type { Message } from './message.ts';
import type { Side } from './side.ts';

export class LocalLink implements Link {
  readonly #side: Side;

  constructor(side: Side) {
    this.#side = side;
  }

  get inbox(): Mailbox {
    return this.#side.mailbox;
  }

  send(message: Message): void {
    this.#side.other.accept(message);
  }

  gone(): Error {
    return otherEndGone();
  }

  close(): void {
    this.#side.close();
  }

  hold(held: boolean): void {
    this.#side.hold(held);
  }

  ticket(): Ticket {
    return ticketOf(this.#side);
  }

  leave(ticket: Ticket): void {
    this.#side.leave(ticket);
  }
}
