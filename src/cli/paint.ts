import { styleText } from 'node:util';

/** Styles of this command's texts. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'blue' | 'magenta';
/** Gives text in a style, or as it is where there are no colours. */
export type Paint = (style: Style, text: string) => string;

/** Colours for `stream`: as `NO_COLOR` and `FORCE_COLOR` say, else on terminals only. */
export function paintFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Paint {
  if (!wantsColour(stream, env)) return (_, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}

function wantsColour(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  const { NO_COLOR: never, FORCE_COLOR: always, TERM: terminal } = env;
  if (always !== undefined) return always !== '0' && always !== 'false';
  if (never !== undefined && never !== '') return false;
  return stream.isTTY === true && terminal !== 'dumb';
}
