/**
 * What `vscode.l10n` does, for the parts of the editor's side that do not know VS Code: a text is its own key, and `{0}`,
 * `{1}` are places for values. The one language of a window is set once, when the extension begins.
 */
let bundle: Readonly<Record<string, string>> = {};

/** The translations to use; nothing for English, in which the texts are written. */
export function useBundle(translations: Readonly<Record<string, string>> | undefined): void {
  bundle = translations ?? {};
}

/** A text in the language of the window, with its values. */
export function t(text: string, ...values: readonly (string | number)[]): string {
  const translated = Object.hasOwn(bundle, text) ? (bundle[text] ?? text) : text;
  return translated.replaceAll(/\{(\d+)\}/g, (place, index) => String(values[Number(index)] ?? place));
}
