import { usedTexts } from '../scripts/l10n.mjs';

/** Each text in brackets: what is said outside of any is said in English whatever the language. */
export const pseudo: Readonly<Record<string, string>> = Object.fromEntries(
  [...usedTexts().keys()].map((text) => [text, `⟦${text}⟧`]),
);

/** Words that are the same in every language here: the product, units and names of things. */
const SHARED = /^(x|ms|µs|s|min|h|Node|kB|MB|GB)$/;

/** Words outside of all brackets. */
export function untranslated(text: string): string[] {
  let outside = text;
  for (let before = ''; before !== outside; ) {
    before = outside;
    outside = outside.replaceAll(/⟦[^⟦⟧]*⟧/g, ' ');
  }
  return (outside.match(/\p{L}+/gu) ?? []).filter((word) => !SHARED.test(word));
}
