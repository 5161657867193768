/**
 * The two sides of a pipe, in the process that made it, which is its hub:
 *
 *     side A: mailbox <--- side B sends        A side is `here`, with a connection of this process; `travelling`, in a message
 *     side B: mailbox <--- side A sends        to some process; `there`, behind a socket; or `gone`.
 */
import { randomBytes } from 'node:crypto';
import { ByteReader } from '../transport/bytes.ts';
import type { FramedSocket } from './framed-socket.ts';
import type { Ticket } from './link.ts';
import { Mailbox } from './mailbox.ts';
import { bodyOf, FRAME, frameOf, isMessage, type Message, typeOf } from './message.ts';

/** Processes that may ask for an end before the one that has it says that it has sent it. */
const MAX_CLAIMS = 16;

type Place = 'here' | 'travelling' | 'there' | 'gone';

interface Claim {
  readonly hop: number;
  readonly nonce: string;
  readonly framed: FramedSocket;
  /** What came behind the claim before the side was free. */
  readonly early: Buffer[];
  ended: boolean;
}

/** What a side asks of its hub. */
export interface Keeper {
  /** Keeps the process alive, or does not any more. */
  hold(held: boolean): void;
  /** The side is gone. */
  forget(side: Side): void;
}

export class Side {
  readonly id = randomBytes(16).toString('hex');
  readonly mailbox = new Mailbox();
  readonly #keeper: Keeper;
  #other: Side = this;
  #place: Place = 'here';
  #hop = 0;
  #nonce = '';
  #claims: Claim[] = [];
  /** Somebody here waits on this side; this keeps the process alive if it can come to something. */
  #awaited = false;
  #holding = false;

  /** Two sides, each the other's other. */
  static pair(keeper: Keeper): [Side, Side] {
    const pair: [Side, Side] = [new Side(keeper), new Side(keeper)];
    pair[0].#other = pair[1];
    pair[1].#other = pair[0];
    return pair;
  }

  private constructor(keeper: Keeper) {
    this.#keeper = keeper;
  }

  get other(): Side {
    return this.#other;
  }

  get hop(): number {
    return this.#hop;
  }

  /** A message for this side. In a mailbox with room it counts as taken; a socket has to have it. */
  accept(message: Message): void {
    if (this.#place === 'gone') {
      message.lost?.();
      return;
    }
    this.mailbox.put(message);
    if (this.#place === 'there' || this.mailbox.isFull) return;
    message.taken?.();
    message.taken = undefined;
  }

  hold(held: boolean): void {
    this.#awaited = held;
    this.#weigh();
  }

  /** Sent from here: the next place is where somebody claims it. */
  leave({ hop, nonce }: Pick<Ticket, 'hop' | 'nonce'>): void {
    this.mailbox.onChange = () => {};
    this.#hop = hop;
    this.#nonce = nonce;
    this.#awaited = false;
    this.#goTo('travelling');
    this.#settleClaims();
  }

  /** A process has come to take this side. */
  claim(ticket: Pick<Ticket, 'hop' | 'nonce'>, framed: FramedSocket): void {
    const claim: Claim = { ...ticket, framed, early: [], ended: false };
    framed.onFrame = (frame) => claim.early.push(frame);
    framed.onEnd = () => {
      claim.ended = true;
    };
    if (this.#place === 'gone') framed.end();
    else if (this.#isDue(claim)) this.#settle(claim);
    else if (this.#claims.length >= MAX_CLAIMS) framed.destroy();
    else {
      framed.pause();
      this.#claims.push(claim);
    }
  }

  /** From now on this side is behind a socket. `moves` is false for one that is no process of this family. */
  attach(framed: FramedSocket, moves: boolean): void {
    let received = 0;
    let blocked = false;
    let told = false;
    let leaving: { readonly hop: number; readonly nonce: string } | undefined;
    const returned: Message[] = [];
    const pump = () => {
      while (!blocked && leaving === undefined) {
        const message = this.mailbox.take();
        if (message === undefined) break;
        received++;
        blocked = !framed.write(message.frame, (taken) => (taken ? message.taken : message.lost)?.());
      }
      if (!this.mailbox.isEnded || !this.mailbox.isEmpty || leaving !== undefined || told) return;
      told = true;
      if (moves) framed.write(frameOf(FRAME.ended, none));
      else {
        framed.end();
        this.close();
      }
    };
    const left = (to: { readonly hop: number; readonly nonce: string }) => {
      framed.onEnd = () => {};
      framed.end();
      this.mailbox.putBack(returned);
      this.leave(to);
    };
    this.mailbox.onChange = pump;
    framed.onDrain = () => {
      blocked = false;
      pump();
    };
    framed.onEnd = () => this.close();
    framed.onFrame = (frame) => {
      if (isMessage(frame)) this.#pass(frame, framed);
      else if (moves && typeOf(frame) === FRAME.back) returned.push({ frame: Buffer.from(bodyOf(frame)) });
      else if (moves && typeOf(frame) === FRAME.leave) {
        const body = new ByteReader(bodyOf(frame));
        const hop = body.u32();
        const all = body.u32() === received;
        leaving = { hop, nonce: body.text() };
        this.mailbox.onChange = () => {};
        if (all) left(leaving);
        else framed.write(frameOf(FRAME.stop, none));
      } else if (typeOf(frame) === FRAME.left && leaving !== undefined) left(leaving);
    };
    this.#goTo('there');
    pump();
  }

  close(): void {
    if (this.#place === 'gone') return;
    this.mailbox.onChange = () => {};
    this.#goTo('gone');
    this.mailbox.end();
    for (const message of this.mailbox.takeAll()) message.lost?.();
    for (const { framed } of this.#claims.splice(0)) framed.end();
    this.#other.mailbox.end();
    this.#keeper.forget(this);
  }

  /** What a socket sends is read no faster than the other side takes it. */
  #pass(frame: Buffer, framed: FramedSocket): void {
    const message: Message = { frame };
    this.#other.accept(message);
    if (!this.#other.mailbox.isFull) return;
    framed.pause();
    message.taken = () => framed.resume();
    message.lost = message.taken;
  }

  #isDue({ hop }: Claim): boolean {
    return hop < this.#hop || (hop === this.#hop && this.#place !== 'here');
  }

  #settleClaims(): void {
    const due = this.#claims.filter((claim) => this.#isDue(claim));
    this.#claims = this.#claims.filter((claim) => !this.#isDue(claim));
    for (const claim of due) this.#settle(claim);
  }

  #settle({ hop, nonce, framed, early, ended }: Claim): void {
    if (this.#place === 'travelling' && hop === this.#hop && nonce === this.#nonce) {
      this.attach(framed, true);
      for (const frame of early) framed.onFrame(frame);
      framed.resume();
      if (ended) this.close();
      return;
    }
    framed.write(frameOf(FRAME.refused, none));
    framed.end();
  }

  #goTo(place: Place): void {
    this.#place = place;
    this.#weigh();
    this.#other.#weigh();
  }

  /** Only another process can end the wait for one that is elsewhere. */
  #weigh(): void {
    const elsewhere = this.#other.#place === 'travelling' || this.#other.#place === 'there';
    const holding = this.#awaited && elsewhere && this.#place === 'here';
    if (holding === this.#holding) return;
    this.#holding = holding;
    this.#keeper.hold(holding);
  }
}

const none = Buffer.alloc(0);
