/** What a connection needs to know of the way to its other end. */
import { EOFError } from '../errors.ts';
import type { Mailbox } from './mailbox.ts';
import type { Message } from './message.ts';

/** Where an end of a pipe is to be had; goes to the process that it is sent to. */
export interface Ticket {
  /** Address of the hub of the pipe. */
  readonly hub: string;
  /** The end; a secret of the family. */
  readonly end: string;
  /** How often the end was sent. */
  readonly hop: number;
  /** Tells this time from one that failed. */
  readonly nonce: string;
  /** The process that sent it. */
  readonly issuer: string;
}

export interface Link {
  /** What was received. */
  readonly inbox: Mailbox;
  /** The message is taken or lost, now or later. */
  send(message: Message): void;
  /** Why nothing more can be sent or received, when it is so. */
  gone(): Error;
  close(): void;
  /** While it is held it keeps the process alive. */
  hold(held: boolean): void;
  /** A ticket for the end; nothing has changed before it is given to `leave`. */
  ticket(): Ticket;
  /** The end is here no more. */
  leave(ticket: Ticket): void;
}

/** Resolves when the message is taken. */
export function sending(link: Link, frame: Buffer, undeliverable: readonly (() => void)[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const lost = () => {
      for (const one of undeliverable) one();
      reject(link.gone());
    };
    link.send({ frame, taken: resolve, lost });
  });
}

export const otherEndGone = (): EOFError => new EOFError('the other end of the connection is gone');
