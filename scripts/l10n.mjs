/**
 * `npm run l10n`: writes `l10n/bundle.l10n.json`, which has every text that the extension says at run time, for translators:
 * `bundle.l10n.LANGUAGE.json` beside it is a translation. A text is the first argument of `l10n.t(...)`, of `l10n.parts(...)`, whose values
 * are elements, of a `t(...)` that is one or the other language, or of a `message(...)` that is put together where it is shown;
 * written out.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ts } from '@ts-morph/common';
import { inRoot } from './setup/paths.mjs';
import { main, SetupError, say } from './setup/say.mjs';

/** Where texts are said: by the editor's side, by the panel, by what the panel and the report have in common, and by what runs. */
const folders = ['src/editor', 'src/panel', 'src/report', 'src/job', 'src/engine'];
export const bundleFile = inRoot('l10n', 'bundle.l10n.json');

/**
 * Every text with the number of values that its calls give, in the order of the alphabet.
 * @returns {Map<string, Set<number>>}
 * @throws {SetupError} for a text that is not written out: a translator could not know it.
 */
export function usedTexts() {
  const texts = new Map();
  for (const name of sources()) {
    const source = ts.createSourceFile(
      name,
      readFileSync(inRoot(name), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    const visit = (node) => {
      if (
        ts.isCallExpression(node) &&
        /^(t|message|(.+\.)?l10n\.(t|parts))$/.test(node.expression.getText())
      ) {
        const [text, ...values] = node.arguments;
        if (text === undefined || !ts.isStringLiteralLike(text)) {
          const { line } = source.getLineAndCharacterOfPosition(node.getStart());
          throw new SetupError(`${name}:${line + 1}: write the text as one literal`);
        }
        texts.set(text.text, new Set([...(texts.get(text.text) ?? []), values.length]));
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const sources = () =>
  folders.flatMap((folder) =>
    readdirSync(inRoot(folder), { recursive: true })
      .filter((file) => file.endsWith('.ts'))
      .sort()
      .map((file) => join(folder, file)),
  );

export const bundleText = () =>
  `${JSON.stringify(Object.fromEntries([...usedTexts().keys()].map((text) => [text, text])), null, 2)}\n`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    mkdirSync(dirname(bundleFile), { recursive: true });
    writeFileSync(bundleFile, bundleText());
    say(`l10n: ${usedTexts().size} texts in l10n/bundle.l10n.json`);
  });
}
