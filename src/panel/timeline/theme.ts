type Rgb = readonly [number, number, number];

/** Colours of single pixels. */
export interface PixelTheme {
  readonly startup: Rgb;
  readonly computing: Rgb;
  readonly encoding: Rgb;
  readonly failure: Rgb;
}

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
  readonly pixels: PixelTheme;
}

export function readTheme(element: HTMLElement): TimelineTheme {
  const style = getComputedStyle(element);
  const get = (name: string): string => style.getPropertyValue(`--mc-${name}`).trim() || style.color;
  const kinds = {
    startup: get('startup'),
    computing: get('computing'),
    encoding: get('encoding'),
    failure: get('failure'),
  };
  return {
    ...kinds,
    text: get('soft'),
    line: get('line'),
    row: get('row'),
    focus: get('focus'),
    font: `11px ${style.fontFamily}`,
    pixels: {
      startup: rgbOf(kinds.startup),
      computing: rgbOf(kinds.computing),
      encoding: rgbOf(kinds.encoding),
      failure: rgbOf(kinds.failure),
    },
  };
}

/** Calls back when the editor's theme changes: it sets classes on the body and variables on the root element. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
}

/** Any colour of CSS, mixed ones included, as the canvas paints it. */
function rgbOf(colour: string): Rgb {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return [128, 128, 128];
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
