import { el } from './dom.ts';
import { rowsInSight } from './window.ts';

const OVERSCAN = 6;
/** Within this many px of the end counts as being there. */
const END_SLACK = 4;

/** How one kind of row is made, once, and filled, often. */
export interface RowKind<Item> {
  /** px, the same for each row. */
  readonly height: number;
  create(): HTMLElement;
  fill(row: HTMLElement, item: Item, index: number): void;
}

/** A scrolling list of any length with only as many elements as are in sight. */
export class VirtualList<Item> {
  readonly element: HTMLElement;
  readonly #kind: RowKind<Item>;
  readonly #space = el('div', { class: 'space', role: 'presentation' });
  readonly #window = el('div', { class: 'window', role: 'presentation' });
  readonly #head: number;
  #items: readonly Item[] = [];

  /** @param head px at the top that a head, which does not scroll, takes from the rows. */
  constructor(kind: RowKind<Item>, element: HTMLElement, head = 0) {
    this.#head = head;
    this.#kind = kind;
    this.element = element;
    this.#space.append(this.#window);
    this.element.append(this.#space);
    this.element.addEventListener('scroll', () => this.#render(), { passive: true });
    new ResizeObserver(() => this.#render()).observe(this.element);
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  /** Whether the end of the list is in sight. */
  get atEnd(): boolean {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    return scrollTop + clientHeight >= scrollHeight - END_SLACK;
  }

  setItems(items: readonly Item[]): void {
    this.#items = items;
    this.#space.style.height = `${items.length * this.#kind.height}px`;
    this.#render();
  }

  scrollToEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
    this.#render();
  }

  /** Brings a row into sight with the least movement. */
  reveal(index: number): void {
    const top = index * this.#kind.height;
    const { scrollTop } = this.element;
    const clientHeight = this.element.clientHeight - this.#head;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.#kind.height > scrollTop + clientHeight) {
      this.element.scrollTop = top + this.#kind.height - clientHeight;
    }
    this.#render();
  }

  /** Fills the rows in sight anew. */
  refresh(): void {
    this.#render();
  }

  #render(): void {
    const { first, last } = rowsInSight({
      scrollTop: this.element.scrollTop,
      height: this.element.clientHeight,
      rowHeight: this.#kind.height,
      count: this.#items.length,
      overscan: OVERSCAN,
    });
    this.#window.style.transform = `translateY(${first * this.#kind.height}px)`;
    while (this.#window.childElementCount > last - first) this.#window.lastElementChild?.remove();
    while (this.#window.childElementCount < last - first) this.#window.append(this.#kind.create());
    for (let index = first; index < last; index++) {
      const row = this.#window.children[index - first];
      const item = this.#items[index];
      if (row instanceof HTMLElement && item !== undefined) this.#kind.fill(row, item, index);
    }
  }
}
