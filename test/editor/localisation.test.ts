import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { bundleFile, bundleText, usedTexts } from '../../scripts/l10n.mjs';
import { errors } from '../../src/editor/errors.ts';
import { itemCount } from '../../src/report/counts.ts';
import { useBundle } from '../../src/report/l10n.ts';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** Members of the manifest whose texts a user reads. What a model reads stays as it is: `modelDescription` and schemas of tools. */
const SHOWN =
  /^(title|shortTitle|displayName|description|markdownDescription|userDescription|enumDescriptions|markdownEnumDescriptions|deprecationMessage|altText|label|contents)$/;
const PLACEHOLDER = /^%[\w.]+%$/;
/** The name of the product is the same in every language. */
const PRODUCT = 'Manycore';

function plainTexts(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const place = `${path}.${key}`;
    if (key === 'inputSchema') return [];
    const texts = SHOWN.test(key) ? [each].flat().filter((one) => typeof one === 'string') : [];
    const plain = texts.filter((text) => text !== PRODUCT && !PLACEHOLDER.test(text));
    return [...plain.map((text) => `${place}: ${text}`), ...plainTexts(each, place)];
  });
}

describe('texts for translators', () => {
  it('of package.json are all in package.nls.json', () => {
    const { description, capabilities } = manifest;
    // The properties of a task are those of the schema of jobs, word for word; a schema cannot be translated.
    const { taskDefinitions: _, ...contributes } = manifest.contributes;
    assert.deepEqual(plainTexts({ description, capabilities, contributes }, 'package.json'), []);
    const views = Object.values(contributes.views).flat() as { name: string }[];
    assert.deepEqual(
      views.filter(({ name }) => !PLACEHOLDER.test(name)),
      [],
    );
    assert.deepEqual(plainTexts({ commands: [{ title: 'Run' }] }, ''), ['.commands.0.title: Run']);
  });

  it('that are said at run time are all in the bundle, and no other: npm run l10n writes it', () => {
    assert.equal(manifest.l10n, './l10n');
    assert.equal(readFileSync(bundleFile, 'utf8'), bundleText());
  });

  it('get as many values as they have places', () => {
    const texts = usedTexts();
    assert.ok(texts.size > 300);
    for (const text of ['Where the time went', 'No contention', '{0} of {1} items', 'Run in Parallel'])
      assert.ok(texts.has(text), `${text}, of the panel, is among them`);
    for (const [text, counts] of texts) {
      const places = new Set([...text.matchAll(/\{(\d+)\}/g)].map(([, place]) => place));
      assert.deepEqual([...counts], [places.size], text);
    }
  });

  it('are translated in the parts that do not know VS Code too', () => {
    useBundle({
      '{0} items': '{0} Elemente',
      'Item {0} has no result on disk: it did not finish.': 'Element {0} wurde nicht fertig.',
    });
    try {
      assert.equal(itemCount(2), '2 Elemente');
      assert.equal(itemCount(1), '1 item');
      assert.equal(errors.noResult(7).message, 'Element 7 wurde nicht fertig.');
    } finally {
      useBundle(undefined);
    }
  });
});
