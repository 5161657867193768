/** Small helpers over the DOM. Text only ever goes in as text; nothing here parses HTML. */

export type Child = Node | string | null;

/** Attributes by name; `test` is short for `data-testid`. Styles are set through classes or `element.style`, as the page's policy asks. */
export type Attributes = Readonly<Record<string, string>>;

/** An element with attributes and children. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name === 'test' ? 'data-testid' : name, value);
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/** A push button: its text, what it does, and attributes. Beside a symbol the text may be hidden where room is short. */
export function button(
  text: string,
  act: () => void,
  attributes: Attributes = {},
  symbol?: Icon,
): HTMLButtonElement {
  const element = el(
    'button',
    { type: 'button', ...attributes },
    symbol === undefined ? null : icon(symbol),
    symbol === undefined ? text : el('span', { class: 'label' }, text),
  );
  element.addEventListener('click', act);
  return element;
}

/** Sets the text where it differs, so that neither layout nor a screen reader is bothered for nothing. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A number as text, and raw in `data-value` for whoever checks it. */
export function setNumber(element: HTMLElement, value: number | null, text: string): void {
  setText(element, text);
  setAttribute(element, 'data-value', value === null ? null : String(value));
}

/** Sets an attribute where it differs; null takes it away. */
export function setAttribute(element: Element, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

const ICONS = {
  stop: 'M4 4h8v8H4z',
  rerun: 'M13 3v4H9l1.6-1.6A4 4 0 1 0 12 8.5h1.2A5.2 5.2 0 1 1 11.4 4.6z',
  report: 'M3 14V9h2v5zm4 0V5h2v9zm4 0V2h2v12z',
  run: 'M4 2.5l9 5.5-9 5.5z',
  resume: 'M3 3h2v10H3zm4 0l7 5-7 5z',
  failedAgain:
    'M13 2v4H9l1.6-1.6A4 4 0 1 0 12 7.5h1.2A5.2 5.2 0 1 1 11.4 3.6zM6.2 6.5L8 8.3l1.8-1.8.7.7L8.7 9l1.8 1.8-.7.7L8 9.7l-1.8 1.8-.7-.7L7.3 9 5.5 7.2z',
  output: 'M2 3h12v10H2zm1 1v8h10V4zm1.5 1.5L7 8l-2.5 2.5-.7-.7L5.6 8 3.8 6.2zM8 10h4v1H8z',
} as const;

export type Icon = keyof typeof ICONS;

/** A picture of 16 by 16 in the colour of the text; means nothing to a screen reader. */
export function icon(name: Icon): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'icon');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}
