import type { Message } from '../protocol/run.ts';

/**
 * What `vscode.l10n` does, for the parts that do not know VS Code: a text is its own key, and `{0}`, `{1}` are places for
 * values. The one language of a window is set once, when the extension begins, and in the panel, when its page does.
 * Nobody sets it in the processes of a run: what they write, the report too, is English.
 */
let bundle: Readonly<Record<string, string>> = {};

type Value = string | number | Message;

/** A text with its values as `R`: put together, or kept apart. */
export type Say<R> = (text: string, ...values: readonly (string | number)[]) => R;

/** Puts values into a text. What both the panel and the report say is given one: the language of the window, or English. */
export type Translate = Say<string>;

/** The translations to use; nothing for English, in which the texts are written. */
export function useBundle(translations: Readonly<Record<string, string>> | undefined): void {
  bundle = translations ?? {};
}

/** A text in the language of the window, with its values. */
export function t(text: string, ...values: readonly (string | number)[]): string {
  return partsOf(translated(text), values).join('');
}

/** The same in pieces, for values that are elements of a page: what stands between them, and they. */
export function parts<Value>(text: string, ...values: readonly Value[]): (Value | string)[] {
  return partsOf(translated(text), values).filter((part) => part !== '');
}

/** A text as it is written, with its values. */
export const english: Translate = (text, ...values) => partsOf(text, values).join('');

/** A text that is put together where it is shown. */
export const message = (text: string, ...values: readonly Value[]): Message => ({ text, values });

/** Puts a text together. */
export function say({ text, values }: Message, translate: Translate): string {
  return translate(
    text,
    ...values.map((value) => (typeof value === 'object' ? say(value, translate) : value)),
  );
}

function translated(text: string): string {
  return Object.hasOwn(bundle, text) ? (bundle[text] ?? text) : text;
}

function partsOf<Value>(text: string, values: readonly Value[]): (Value | string)[] {
  return text
    .split(/(\{\d+\})/)
    .map((part) => (/^\{\d+\}$/.test(part) ? (values[Number(part.slice(1, -1))] ?? part) : part));
}
