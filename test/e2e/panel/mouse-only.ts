import type { Page } from 'playwright-core';

/** To run before the first script of a page: notes what listens to the pointer and what to keys. */
export const NOTE_LISTENERS = `(() => {
  const heard = { pointer: new WeakSet(), keys: new WeakSet() };
  const pointer = new Set(['click', 'dblclick', 'mousedown', 'mouseup', 'pointerdown', 'pointerup']);
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (pointer.has(type)) heard.pointer.add(this);
    if (type === 'keydown') heard.keys.add(this);
    return addEventListener.call(this, type, ...rest);
  };
  window.heard = heard;
})()`;

/**
 * What is in sight and acts on the pointer, or says by its role that it does, but cannot get the focus: neither itself nor
 * the grid, tab list or chart around it, which then takes the keys. A page must have been opened with `NOTE_LISTENERS`.
 */
export function mouseOnly(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const acts = 'a, button, summary, [role=button], [role=link], [role=checkbox], [role=switch], [role=menuitem], [role=option]';
    const byKeys = (element) => {
      const widget = element.closest('[role=grid], [role=tablist], [role=application]');
      if (widget === null || !window.heard.keys.has(widget)) return false;
      return widget.tabIndex >= 0 || widget.querySelector('[tabindex="0"]') !== null;
    };
    return [...document.body.querySelectorAll('*')]
      .filter((element) => element.checkVisibility() && (window.heard.pointer.has(element) || element.matches(acts)))
      .filter((element) => !(element.tabIndex >= 0 || element.disabled || byKeys(element)))
      .map((element) => element.outerHTML.slice(0, 160));
  })()`);
}
