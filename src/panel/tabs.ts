import * as l10n from '../report/l10n.ts';
import { emptyModel, type RunModel } from '../report/model.ts';
import { el, setAttribute, setText } from './dom.ts';
import type { Part } from './part.ts';

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly part: Part;
  /** A few characters beside the label; null for none. */
  readonly badge?: (model: RunModel) => { readonly text: string; readonly bad: boolean } | null;
}

interface Mounted extends Tab {
  readonly handle: HTMLButtonElement;
  readonly note: HTMLElement;
  readonly page: HTMLElement;
}

/** Views that take turns, by the tab pattern of WAI-ARIA; one of them can be pinned above the others. Only what is seen is updated. */
export class Tabs implements Part {
  readonly element: HTMLElement;
  readonly #tabs: readonly Mounted[];
  readonly #list = el('div', { class: 'tabs', role: 'tablist', 'aria-label': l10n.t('Views of the run') });
  readonly #chosen: (id: string) => void;
  #selected: string;
  #pinned: string | null = null;
  #model: RunModel = emptyModel();

  constructor(tabs: readonly Tab[], selected: string, chosen: (id: string) => void) {
    this.#chosen = chosen;
    this.#tabs = tabs.map((tab) => this.#mount(tab));
    this.#selected = tabs.some((tab) => tab.id === selected) ? selected : (tabs[0]?.id ?? '');
    this.element = el(
      'section',
      { class: 'views', 'aria-label': l10n.t('Details') },
      this.#list,
      ...this.#tabs.map((tab) => tab.page),
    );
    this.#list.append(...this.#tabs.map((tab) => tab.handle));
    this.#list.addEventListener('keydown', (event) => this.#onKey(event));
    this.#arrange();
  }

  update(model: RunModel): void {
    this.#model = model;
    for (const tab of this.#tabs) {
      const badge = tab.badge?.(model) ?? null;
      tab.note.hidden = badge === null;
      setText(tab.note, badge?.text ?? '');
      tab.note.classList.toggle('bad', badge?.bad === true);
      if (!tab.page.hidden) tab.part.update(model);
    }
  }

  /** Shows one view always, above the tabs; null gives it its turn back. */
  pin(id: string | null): void {
    if (id === this.#pinned) return;
    this.#pinned = id;
    this.#arrange();
  }

  #mount(tab: Tab): Mounted {
    const note = el('span', { class: 'count' });
    const handle = el(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${tab.id}`,
        'aria-controls': `view-${tab.id}`,
        test: `tab-${tab.id}`,
      },
      tab.label,
      note,
    );
    handle.addEventListener('click', () => this.#select(tab.id));
    const page = el(
      'div',
      { class: 'view', id: `view-${tab.id}`, role: 'tabpanel', 'aria-labelledby': `tab-${tab.id}` },
      tab.part.element,
    );
    return { ...tab, handle, note, page };
  }

  #select(id: string): void {
    this.#selected = id;
    this.#chosen(id);
    this.#arrange();
  }

  #arrange(): void {
    const free = this.#free;
    const shown = free.find((tab) => tab.id === this.#selected) ?? free[0];
    for (const tab of this.#tabs) {
      const pinned = tab.id === this.#pinned;
      const selected = tab === shown;
      tab.handle.hidden = !free.includes(tab);
      tab.handle.tabIndex = selected ? 0 : -1;
      setAttribute(tab.handle, 'aria-selected', String(selected));
      tab.page.hidden = !pinned && !selected;
      tab.page.classList.toggle('pinned', pinned);
      setAttribute(tab.page, 'role', pinned ? 'region' : 'tabpanel');
    }
    this.update(this.#model);
  }

  /** Those that take turns. */
  get #free(): readonly Mounted[] {
    return this.#tabs.filter((tab) => tab.id !== this.#pinned);
  }

  #onKey(event: KeyboardEvent): void {
    const free = this.#free;
    const now = free.findIndex((tab) => tab.handle === document.activeElement);
    const last = free.length - 1;
    const next = {
      ArrowRight: now === last ? 0 : now + 1,
      ArrowLeft: now === 0 ? last : now - 1,
      Home: 0,
      End: last,
    }[event.key];
    const tab = next === undefined ? undefined : free[next];
    if (now < 0 || tab === undefined) return;
    event.preventDefault();
    this.#select(tab.id);
    tab.handle.focus();
  }
}
