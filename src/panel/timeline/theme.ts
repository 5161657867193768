/** The colours that the canvas draws with, taken from the style sheet, which takes them from the editor's theme. */
export interface TimelineTheme {
  readonly startup: string;
  readonly computing: string;
  readonly encoding: string;
  readonly failure: string;
  readonly text: string;
  readonly line: string;
  readonly row: string;
  readonly focus: string;
  readonly font: string;
}

export function readTheme(element: HTMLElement): TimelineTheme {
  const style = getComputedStyle(element);
  const get = (name: string): string => style.getPropertyValue(`--mc-${name}`).trim() || style.color;
  return {
    startup: get('startup'),
    computing: get('computing'),
    encoding: get('encoding'),
    failure: get('failure'),
    text: get('soft'),
    line: get('line'),
    row: get('row'),
    focus: get('focus'),
    font: `11px ${style.fontFamily}`,
  };
}

/** Calls back when the editor's theme changes: it sets classes on the body and variables on the root element. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
}
