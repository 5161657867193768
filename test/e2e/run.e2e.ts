import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunSummary } from '../../src/protocol/run.ts';
import { Workbench } from './workbench.ts';

const WORKSPACE = join(import.meta.dirname, '../fixtures/host');

/** The summary of the only run in the folder. */
function summaryOf(folder: string): RunSummary {
  const runs = join(folder, '.manycore', 'runs');
  const [run, ...others] = readdirSync(runs);
  assert.ok(run !== undefined && others.length === 0, `one run is expected, not ${others.length + 1}`);
  return JSON.parse(readFileSync(join(runs, run, 'run.json'), 'utf8'));
}

describe('a run that is clicked together in VS Code', () => {
  it('shows the numbers that are on disk', async () => {
    await using workbench = await Workbench.open({ workspace: WORKSPACE });
    await workbench.openFile('src/distances.ts');
    await workbench.lens('Run in parallel').click();
    await workbench.pick('cities.csv');
    await workbench.state('finished');

    const summary = summaryOf(workbench.folder);
    assert.equal(summary.function, 'src/distances.ts#distance');
    assert.equal(summary.succeeded, 24);
    assert.equal(await workbench.value('progress-done'), String(summary.items));
    assert.equal(await workbench.value('succeeded-count'), String(summary.succeeded));
    assert.equal(await workbench.value('failed-count'), String(summary.failed));
    assert.equal(await workbench.value('speedup-value'), String(summary.speedup));
    // The lens tells the result too.
    await workbench.lens(`on ${summary.workers}`).waitFor();

    // Out of sight, the panel is gone; in sight again, it is told all at once.
    await workbench.command('View: Toggle Panel Visibility');
    await workbench.page.locator('.webview.ready').waitFor({ state: 'hidden' });
    await workbench.command('View: Toggle Panel Visibility');
    await workbench.state('finished');
    await workbench.shown('timeline-canvas').press('ArrowRight');
    await workbench
      .shown('timeline-tip')
      .getByText(/^Worker \d+: Starting up/)
      .waitFor();
  });

  it('shows the items that failed, with their errors, and ends well all the same', async () => {
    await using workbench = await Workbench.open({ workspace: WORKSPACE });
    await workbench.openFile('src/words.cjs');
    await workbench.lens('Run in parallel').click();
    await workbench.pick('words.jsonl');
    await workbench.state('finished');

    const summary = summaryOf(workbench.folder);
    assert.deepEqual([summary.succeeded, summary.failed], [4, 2]);
    assert.equal(await workbench.value('succeeded-count'), '4');
    assert.equal(await workbench.value('failed-count'), '2');
    await workbench.shown('tab-results').click();
    await workbench.shown('results-failed').click();
    await workbench.shown('results').getByText('an empty word').first().waitFor();
  });

  it('shows what each dataset gives before one is chosen, and takes an array inside of a JSON file', async () => {
    await using workbench = await Workbench.open({
      workspace: WORKSPACE,
      settings: { 'manycore.run.baseline': 'off' },
    });
    const cities = '[{"city":"Oslo","latitude":"59","longitude":"10"}]';
    writeFileSync(join(workbench.folder, 'data/nested.json'), `{"a/b":{"cities":${cities}},"tags":["x"]}`);
    writeFileSync(join(workbench.folder, 'data/bad.jsonl'), '{"city":"Oslo"}\n{city\n');
    await workbench.openFile('src/distances.ts');
    await workbench.lens('Run in parallel').click();
    await workbench.offered("24 items, CSV, 808 bytes: distance({ city: 'Oslo'").waitFor();
    await workbench.offered('Bad record at data/bad.jsonl:2: ').waitFor();
    await workbench.offered('an object, with items in #/tags, #/a~1b/cities').waitFor();
    await workbench.pick('data/nested.json');
    await workbench.offered("distance('x')").waitFor();
    await workbench.pick('#/a~1b/cities');
    await workbench.state('finished');
    const summary = summaryOf(workbench.folder);
    assert.deepEqual([summary.dataset, summary.succeeded], ['data/nested.json#/a~1b/cities', 1]);
  });

  it('is stopped by the button in the panel, and what was done is kept', async () => {
    await using workbench = await Workbench.open({
      workspace: WORKSPACE,
      settings: { 'manycore.run.baseline': 'off' },
    });
    await workbench.openFile('src/slow.mjs');
    await workbench.lens('Run in parallel').click();
    await workbench.answer('range:0:100000');
    await workbench.state('running');
    await workbench.shown('stop-button').click();
    await workbench.state('interrupted');

    const summary = summaryOf(workbench.folder);
    assert.equal(summary.interrupted, true);
    assert.ok(summary.items < 100_000);
    assert.equal(await workbench.value('succeeded-count'), String(summary.succeeded));
  });
});
