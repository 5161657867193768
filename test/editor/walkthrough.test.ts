import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, ContextKey, settingDefaults } from '../../src/editor/contributions.ts';
import { readSnippets } from '../snippets/snippets.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

interface Step {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly media: { readonly svg?: string; readonly altText?: string; readonly markdown?: string };
  readonly completionEvents: readonly string[];
}

/** Commands of VS Code itself that a step offers or waits for. */
const ownCommands = [
  'workbench.actions.view.problems',
  'editor.action.insertSnippet',
  'workbench.action.terminal.new',
];

describe('the walkthrough', () => {
  const [{ steps }] = JSON.parse(read('package.json')).contributes.walkthroughs as [{ steps: Step[] }];
  const texts = JSON.parse(read('package.nls.json')) as Record<string, string>;
  const commands = new Set<string>([...Object.values(Command), ...ownCommands]);

  for (const { id, description, media, completionEvents } of steps) {
    it(`${id} offers what is there, and is done by doing it`, () => {
      const text = texts[description.slice(1, -1)] ?? '';
      const [, offered] = /\n\[[^\]]+\]\(command:([\w.]+)\)$/.exec(text) ?? [];
      assert.ok(offered !== undefined && commands.has(offered), text);
      const isDoneByIt = completionEvents.includes(`onCommand:${offered}`);
      assert.ok(isDoneByIt || completionEvents.includes(`onContext:${ContextKey.hasRun}`));
      for (const event of completionEvents) {
        const [, kind, what = ''] = /^(\w+):([\w.]+)$/.exec(event) ?? [];
        const known = { onCommand: commands.has(what), onContext: what === ContextKey.hasRun };
        const isSetting = kind === 'onSettingChanged' && what in settingDefaults;
        assert.ok(isSetting || known[kind as keyof typeof known], event);
      }
      // VS Code renders **bold** and ``code`` here, and no other Markdown.
      assert.doesNotMatch(text, /(^|[^*])\*[^*]|(^|[^`])`[^`]/);
      assert.ok(existsSync(path.join(ROOT, media.svg ?? media.markdown ?? '-')));
    });
  }

  for (const { media } of steps) {
    if (media.svg === undefined) continue;
    it(`${media.svg} has the colours of the theme and no style that VS Code would refuse`, () => {
      const svg = read(media.svg ?? '');
      assert.ok(media.altText !== undefined);
      assert.doesNotMatch(svg, /<style|\sstyle=|<script|<image|href=/);
      const colours = [...svg.matchAll(/\b(?:fill|stroke)="([^"]*)"/g)].map(([, colour]) => colour ?? '');
      assert.ok(colours.length > 3);
      assert.deepEqual(
        colours.filter((colour) => colour !== 'none' && !colour.startsWith('var(--vscode-')),
        [],
      );
    });
  }

  it('shows snippets that there are', () => {
    const known = Object.entries(readSnippets('snippets/typescript.code-snippets'));
    const pairs = known.map(([name, { prefix }]) => [prefix, name]);
    const shown = [...read('media/walkthrough/snippets.svg').matchAll(/>(mc[A-Z]\w+|Manycore [^<]+)</g)];
    const words = shown.map(([, word]) => word);
    const half = words.length / 2;
    assert.ok(half >= 5);
    for (let index = 0; index < half; index++)
      assert.ok(
        pairs.some(([prefix, name]) => prefix === words[index] && name === words[index + half]),
        `${words[index]}: ${words[index + half]}`,
      );
  });
});
