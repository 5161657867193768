import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBatcher } from '../../../src/editor/panel-host/event-batcher.ts';
import { logsIn } from '../../../src/editor/panel-host/log-files.ts';
import { panelHtml } from '../../../src/editor/panel-host/panel-html.ts';
import { findResultLine } from '../../../src/editor/panel-host/result-line.ts';
import type { ToPanel } from '../../../src/protocol/panel.ts';

describe('events to the panel', () => {
  const event = { type: 'phase', phase: 'running', time: 1 } as const;
  const create = (): { batcher: EventBatcher<string>; sent: ToPanel<string>[] } => {
    const sent: ToPanel<string>[] = [];
    const batcher = new EventBatcher({
      model: () => 'model',
      send: (message) => sent.push(message),
      interval: 5,
    });
    return { batcher, sent };
  };

  it('are not sent while it is hidden', async () => {
    const { batcher, sent } = create();
    batcher.add(event);
    await sleep(15);
    assert.deepEqual(sent, []);
  });

  it('follow a snapshot, several in one message', async () => {
    const { batcher, sent } = create();
    batcher.show();
    batcher.add(event);
    batcher.add(event);
    await sleep(15);
    assert.deepEqual(sent, [
      { type: 'snapshot', model: 'model' },
      { type: 'events', events: [event, event] },
    ]);
  });

  it('that waited when it was hidden are in its next snapshot only', async () => {
    const { batcher, sent } = create();
    batcher.show();
    batcher.add(event);
    batcher.hide();
    batcher.show();
    await sleep(15);
    assert.deepEqual(
      sent.map(({ type }) => type),
      ['snapshot', 'snapshot'],
    );
  });

  it('give way to a snapshot when there are too many', async () => {
    const { batcher, sent } = create();
    batcher.show();
    for (let i = 0; i < 1_000; i++) batcher.add(event);
    await sleep(15);
    assert.deepEqual(
      sent.map(({ type }) => type),
      ['snapshot', 'snapshot'],
    );
  });
});

describe('the page of the panel', () => {
  const html = (texts?: Record<string, string>): string =>
    panelHtml({
      ...{ script: 'https://x/panel.js', style: 'https://x/panel.css', cspSource: 'https://x' },
      ...{ language: 'en', texts },
    });
  it('runs its own script only, under a nonce that is new each time', () => {
    const nonces = [html(), html()].map((text) => /script-src 'nonce-([\w-]{20,})'/.exec(text)?.[1]);
    assert.ok(nonces[0] !== undefined && nonces[0] !== nonces[1]);
    assert.match(html(), /default-src 'none'/);
    assert.doesNotMatch(html(), /unsafe-(inline|eval)/);
  });
  it('has the translations, and no translation can end their element', () => {
    const texts = { Stop: '</script><script>stop()' };
    const [, json = ''] =
      /<script type="application\/json" id="texts">(.*?)<\/script>/.exec(html(texts)) ?? [];
    assert.deepEqual(JSON.parse(json), texts);
    assert.doesNotMatch(html(texts), /<script>/);
    assert.match(html(), /id="texts">\{\}</);
  });
});

describe('one item’s line of the results', () => {
  let file: string;
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'manycore-results-'));
    file = join(folder, 'results.jsonl');
    const rows = [7, 1, 17, 71].map(
      (index) => `{"index":${index},"ok":true,"value":"${'é'.repeat(60_000)}${index}"}`,
    );
    writeFileSync(file, `${rows.join('\n')}\n{"index":5}`);
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const index of [7, 1, 17, 71])
    it(`is found for item ${index}, whatever the order`, async () => {
      const line = await findResultLine(file, index);
      assert.ok(typeof line === 'string');
      assert.match((JSON.parse(line) as { value: string }).value, new RegExp(`^é+${index}$`));
    });
  it('is found at the end of a file without a line end', async () =>
    assert.equal(await findResultLine(file, 5), '{"index":5}'));
  it('is null for an item without a result', async () => assert.equal(await findResultLine(file, 2), null));
  it('is not read when it is too long', async () =>
    assert.equal(await findResultLine(file, 17, 1_000), 'too-long'));
});

describe('the logs of a run', () => {
  it('are offered by number of their worker, then those from before the run; empty ones are not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'manycore-logs-'));
    try {
      for (const name of ['worker-10.log', 'baseline.log', 'worker-2.log', 'notes.txt'])
        writeFileSync(join(folder, name), 'a line\n');
      writeFileSync(join(folder, 'worker-3.log'), '');
      assert.deepEqual(logsIn(folder), [
        { name: 'worker-2.log', label: 'Worker 2', size: 7 },
        { name: 'worker-10.log', label: 'Worker 10', size: 7 },
        { name: 'baseline.log', label: 'baseline', size: 7 },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
