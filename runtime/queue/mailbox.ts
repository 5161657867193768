/** Messages in the order in which they came, for whoever takes them. */
import type { Message } from './message.ts';

/** Bytes beyond which whoever fills a mailbox has to wait. A single message may be larger. */
const ROOM = 1_048_576;
/** Places before the first message that are worth to be given back. */
const SLACK = 1024;

export class Mailbox {
  /** Called when a message or the end has come. */
  onChange: () => void = () => {};
  #messages: Message[] = [];
  #first = 0;
  #bytes = 0;
  #ended = false;

  get isEmpty(): boolean {
    return this.#first === this.#messages.length;
  }

  /** True when no more should be put in until something was taken. */
  get isFull(): boolean {
    return this.#bytes > ROOM;
  }

  /** True when nothing comes any more; what is there can still be taken. */
  get isEnded(): boolean {
    return this.#ended;
  }

  put(message: Message): void {
    this.#messages.push(message);
    this.#bytes += message.frame.length;
    this.onChange();
  }

  /** Puts messages before all others: they were taken before them, and come back. */
  putBack(messages: readonly Message[]): void {
    this.#messages = [...messages, ...this.#messages.slice(this.#first)];
    this.#first = 0;
    for (const { frame } of messages) this.#bytes += frame.length;
    this.onChange();
  }

  peek(): Message | undefined {
    return this.#messages[this.#first];
  }

  /** Whoever takes it calls its `taken` or `lost`. */
  take(): Message | undefined {
    const message = this.#messages[this.#first];
    if (message === undefined) return undefined;
    // Not kept alive by the place that it leaves.
    this.#messages[this.#first++] = undefined as unknown as Message;
    this.#bytes -= message.frame.length;
    if (this.#first >= SLACK || this.isEmpty) {
      this.#messages.splice(0, this.#first);
      this.#first = 0;
    }
    return message;
  }

  takeAll(): Message[] {
    const all = this.#messages.slice(this.#first);
    this.#messages = [];
    this.#first = 0;
    this.#bytes = 0;
    return all;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.onChange();
  }
}
