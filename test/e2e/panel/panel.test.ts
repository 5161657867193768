import assert from 'node:assert/strict';
import type { FromPanel } from '../../../src/protocol/panel.ts';
import { applyEvent, emptyModel } from '../../../src/report/model.ts';
import { type OpenPanel, PanelHarness } from './harness.ts';
import { different, failedToStart, measuringBaseline, scenario } from './scenarios.ts';

describe('panel', () => {
  let harness: PanelHarness;
  let panel: OpenPanel;

  before(async () => {
    harness = await PanelHarness.start();
  });

  after(() => harness[Symbol.asyncDispose]());

  afterEach(async () => {
    const problems = panel.problems;
    await panel.page.close();
    assert.deepEqual(problems, [], 'errors of the page or breaches of its policy');
  });

  const value = (test: string): Promise<string | null> =>
    panel.page.getByTestId(test).getAttribute('data-value');
  const press = (test: string): Promise<void> => panel.page.getByTestId(test).click();
  /** What the panel has posted of this type. What it says arrives in the order of its other answers. */
  const said = async (type: FromPanel['type']): Promise<FromPanel[]> => {
    await panel.page.evaluate('undefined');
    return panel.posted.filter((message) => message.type === type);
  };

  it('says ready, and how to begin where nothing was run', async () => {
    panel = await harness.open();
    await press('choose-function-button');
    await said('chooseFunction');
    assert.deepEqual(panel.posted, [{ type: 'ready' }, { type: 'chooseFunction' }]);
  });

  it('shows each phase before the run, with what is known', async () => {
    panel = await harness.open();
    await panel.tell(measuringBaseline.events);
    assert.equal(await value('run-state'), 'baseline');
    assert.match(await panel.page.locator('.facts .node').innerText(), /Node 22\.12\.0/);
    assert.match(
      (await panel.page.locator('.facts .workers').getAttribute('title')) ?? '',
      /one for each of the 8 CPUs/,
    );
    assert.ok(await panel.page.getByText('a sample in one process').isVisible());
  });

  it('shows progress as it goes, and stops when asked', async () => {
    panel = await harness.open();
    await panel.tell(scenario({ until: 0.5, items: 200, end: 'none' }).events);
    assert.deepEqual([await value('progress-done'), await value('progress-total')], ['100', '200']);
    assert.ok(await panel.page.getByTestId('rerun-button').isHidden());
    await press('stop-button');
    assert.equal((await said('stop')).length, 1);
    await panel.tell([{ type: 'phase', phase: 'stopping', time: 1 }]);
    assert.ok(await panel.page.getByTestId('stop-button').isDisabled());
  });

  it('shows the numbers of the summary, raw in data-value', async () => {
    const { events } = scenario({ items: 240, failEvery: 9 });
    const { summary } = events.reduce(applyEvent, emptyModel());
    panel = await harness.open();
    await panel.tell(events);
    assert.ok(summary !== null);
    assert.equal(await value('run-state'), 'finished');
    assert.equal(await value('speedup-value'), String(summary.speedup));
    assert.equal(await value('speedup-interval'), summary.speedupInterval?.join(' '));
    assert.equal(await value('succeeded-count'), String(summary.succeeded));
    assert.equal(await value('failed-count'), '26');
    assert.equal(await value('wall-ms'), String(summary.wallMs));
    await press('tab-losses');
    assert.equal(await value('loss-computing'), String(summary.losses.computing));
    await press('rerun-button');
    await press('open-report-button');
    assert.deepEqual(
      [...(await said('rerun')), ...(await said('openRunFile'))],
      [{ type: 'rerun' }, { type: 'openRunFile', file: 'report' }],
    );
  });

  for (const [width, height] of [
    [760, 200],
    [1040, 200],
    [760, 257],
    [1040, 257],
    [1040, 400],
  ] as const) {
    it(`shows the whole answer in ${width} by ${height} pixels, the longest reason and a sweep included`, async () => {
      panel = await harness.open({ width, height });
      await panel.tell(scenario({ workers: 2, items: 2_000, contention: 0.3, sweep: [1, 2] }).events);
      for (const test of ['speedup-value', 'wall-ms', 'baseline-ms', 'efficiency', 'verdict']) {
        const seen = await panel.page.getByTestId(test).evaluate((element) => {
          const own = element.getBoundingClientRect();
          const frame = element.closest('.overview')?.getBoundingClientRect();
          return frame !== undefined && own.bottom <= frame.bottom && own.right <= frame.right;
        });
        assert.ok(seen, `${test} is cut off`);
      }
    });
  }

  it('shows a snapshot as if it had seen every event', async () => {
    const { events } = scenario({ items: 60 });
    panel = await harness.open();
    await panel.send({ type: 'snapshot', model: events.reduce(applyEvent, emptyModel()) });
    assert.equal(await value('progress-done'), '60');
    await panel.send({ type: 'snapshot', model: emptyModel() });
    assert.ok(await panel.page.getByTestId('choose-function-button').isVisible());
  });

  it('leads from an error to its line and from a value to the whole of it, by mouse and by keyboard', async () => {
    panel = await harness.open();
    await panel.tell(scenario({ items: 240, failEvery: 9 }).events);
    await press('tab-results');
    await press('results-failed');
    const first = panel.page.getByTestId('results-row').first();
    assert.equal(await first.getAttribute('data-index'), '8');
    await first.locator('.result').click();
    assert.deepEqual((await said('openSource')).at(-1), {
      type: 'openSource',
      at: { file: '/home/ada/film/src/movies.ts', line: 47, column: 11 },
    });
    await first.locator('.input').click();
    assert.deepEqual((await said('openResult')).at(-1), { type: 'openResult', index: 8 });
    await press('results-all');
    await panel.page.getByTestId('results').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) await panel.page.keyboard.press(key);
    assert.deepEqual((await said('openResult')).at(-1), { type: 'openResult', index: 2 });
    await panel.page.keyboard.press('End');
    assert.equal(await panel.page.locator('[data-index="239"]').getAttribute('aria-selected'), 'true');
  });

  it('counts the rows that it shows, beside each filter', async () => {
    panel = await harness.open();
    const count = panel.page.locator('.results .tools > .soft');
    await panel.tell(scenario({ items: 240, failEvery: 9 }).events);
    await press('tab-results');
    assert.equal(await count.innerText(), '240 items');
    await press('results-failed');
    assert.equal(await count.innerText(), '26 of 240 items');
    await panel.send({ type: 'snapshot', model: emptyModel() });
    await panel.tell(scenario({ items: 30_000, itemMs: 1, failEvery: 10 }).events);
    assert.equal(await count.innerText(), '2,000 of 3,000 items kept here; all are in the file');
    await press('results-all');
    assert.equal(await count.innerText(), '2,000 of 30,000 items kept here; all are in the file');
  });

  it('shows facts whole or not at all where they have one line, long names included', async () => {
    panel = await harness.open({ width: 800, height: 300 });
    await panel.tell(
      scenario({ name: 'score'.repeat(12), dataset: `data/${'long-name/'.repeat(12)}x.json` }).events,
    );
    const cut = await panel.page.evaluate<string[]>(`(() => {
      const space = document.querySelector('.facts').getBoundingClientRect();
      const seen = [...document.querySelectorAll('.facts li')].filter((fact) => fact.offsetTop === document.querySelector('.facts li').offsetTop);
      if (seen.length < 2) return ['hardly any is seen'];
      return seen.filter((fact) => fact.getBoundingClientRect().right > space.right + 1).map((fact) => fact.textContent);
    })()`);
    assert.deepEqual(cut, []);
  });

  it('does not say of a run that broke off that no worker was started', async () => {
    panel = await harness.open();
    const events = scenario({ items: 240, until: 0.5, end: 'none' }).events.filter(
      ({ type }) => type !== 'timeline' && type !== 'progress',
    );
    const failure = { code: 'ERR_MANYCORE_BROKEN_OFF', message: 'ended', runDir: '/runs/1' };
    // As a run is read from its folder.
    const counts = { done: 120, failed: 0, total: 240 };
    const progress = { time: 0, ...counts, rate: 0, eta: null, workers: [] };
    await panel.tell([...events, { type: 'progress', progress }, { type: 'failed', failure, exitCode: 3 }]);
    const empty = panel.page.locator('.timeline .empty');
    assert.equal(await empty.innerText(), 'What each worker did when is not in the folder of this run.');
    await panel.send({ type: 'snapshot', model: emptyModel() });
    await panel.tell(
      scenario({ items: 240, until: 0, end: 'interrupted' }).events.filter(
        ({ type }) => !['timeline', 'progress'].includes(type),
      ),
    );
    assert.equal(await empty.innerText(), 'No worker was started.');
  });

  it('keeps few elements whatever the number of results', async () => {
    panel = await harness.open();
    await panel.tell(scenario({ items: 1_900 }).events);
    await press('tab-results');
    assert.ok((await panel.page.getByTestId('results-row').count()) < 40);
  });

  it('filters the output by worker and text, and follows its end until the reader scrolls up', async () => {
    panel = await harness.open();
    await panel.tell(scenario({ items: 1_400, workers: 4 }).events);
    await press('tab-output');
    const output = panel.page.getByTestId('worker-output');
    assert.match(await output.innerText(), /scored "Stalker 140"/);
    await press('tab-results');
    await press('tab-output');
    // Still at the end when it is seen again, as soon as it has its size back.
    await output.getByText('scored "Stalker 140"').first().waitFor({ timeout: 5000 });
    await panel.page.getByTestId('output-filter').fill('third man 1"');
    assert.match((await output.innerText()).trim(), /^\d\s*scored "The Third Man 1" in [\d.]+ ms$/);
    await panel.page.getByTestId('output-filter').fill('');
    await panel.page.getByTestId('output-worker').selectOption('2');
    const workers = await panel.page.locator('.line .who').allInnerTexts();
    assert.ok(workers.length > 0 && workers.every((text) => text.trim() === '2'));
    await output.hover();
    await panel.page.mouse.wheel(0, -400);
    await panel.page.locator('button[aria-pressed="false"]', { hasText: 'Follow' }).waitFor();
    await panel.tell([
      {
        type: 'output',
        lines: [{ worker: 2, item: 1, stream: 'stdout', text: 'the last line', time: 2 }],
        dropped: 0,
      },
    ]);
    assert.ok(!(await output.innerText()).includes('the last line'));
    await panel.page.getByText('Follow').click();
    assert.match(await output.innerText(), /the last line/);
  });

  it('draws the timeline, tells of a span under the pointer or the keys, and has the same as a table', async () => {
    panel = await harness.open();
    await panel.tell(scenario({ items: 240, failEvery: 9 }).events);
    const canvas = panel.page.getByTestId('timeline-canvas');
    const box = await canvas.boundingBox();
    assert.ok(box !== null && box.width > 500 && box.height > 100);
    await canvas.hover({ position: { x: box.width / 2, y: 8 } });
    assert.match(
      await panel.page.locator('.timeline .tip').innerText(),
      /^Worker 1: (Computing|Encoding) item \d+, [\d.]+ ms/,
    );
    await canvas.focus();
    for (const key of ['ArrowRight', 'ArrowRight']) await panel.page.keyboard.press(key);
    await panel.page.keyboard.press('Enter');
    assert.equal((await said('openResult')).length, 1);
    await press('timeline-table-button');
    assert.equal(await panel.page.getByTestId('workers-table').locator('tbody tr').count(), 8);
  });

  it('zooms, moves and goes back to the whole run, by wheel, by drag and by button', async () => {
    panel = await harness.open();
    await panel.tell(scenario({ items: 4_000, itemMs: 20 }).events);
    const canvas = panel.page.getByTestId('timeline-canvas');
    const whole = panel.page.getByTestId('timeline-whole');
    const box = await canvas.boundingBox();
    assert.ok(box !== null && (await whole.isDisabled()));
    const middle = { x: box.x + box.width / 2, y: box.y + 8 };
    const itemThere = async (): Promise<number> => {
      await panel.page.mouse.move(middle.x, middle.y + 1);
      await panel.page.mouse.move(middle.x, middle.y);
      const text = await panel.page.getByTestId('timeline-tip').innerText();
      return Number(/item ([\d,]+)/.exec(text)?.[1]?.replaceAll(',', ''));
    };
    await panel.page.mouse.move(middle.x, middle.y);
    const before = await itemThere();
    await panel.page.keyboard.down('Control');
    for (let turn = 0; turn < 3; turn++) await panel.page.mouse.wheel(0, -200);
    await panel.page.keyboard.up('Control');
    await panel.page.waitForFunction(`!document.querySelector('[data-testid=timeline-whole]').disabled`);
    const near = await itemThere();
    assert.ok(Math.abs(near - before) < 200, `zooms to item ${near} where item ${before} was`);
    await panel.page.mouse.down();
    await panel.page.mouse.move(middle.x + 400, middle.y, { steps: 4 });
    await panel.page.mouse.up();
    const moved = await itemThere();
    assert.ok(moved < near, `item ${moved} comes from the left of item ${near}`);
    assert.equal((await said('openResult')).length, 0, 'a drag is no click');
    await panel.page.mouse.click(middle.x, middle.y);
    assert.deepEqual(await said('openResult'), [{ type: 'openResult', index: moved }]);
    await whole.click();
    assert.ok(await whole.isDisabled());
  });

  it('draws no more for many items than there are pixels, and the same number of things for ten times as many', async () => {
    const count = `window.drawn = 0; for (const name of ['fillRect', 'drawImage', 'stroke', 'fill', 'fillText']) {
      const call = CanvasRenderingContext2D.prototype[name];
      CanvasRenderingContext2D.prototype[name] = function (...args) { window.drawn++; return call.apply(this, args); };
    }`;
    const drawnFor = async (items: number): Promise<number> => {
      if (panel !== undefined) await panel.page.close();
      panel = await harness.open({ init: count });
      await panel.tell(scenario({ items, workers: 32, itemMs: 5, end: 'none' }).events);
      await panel.page.evaluate('window.drawn = 0');
      await panel.tell([{ type: 'phase', phase: 'running', time: 1 }]);
      return panel.page.evaluate<number>('window.drawn');
    };
    const some = await drawnFor(4_000);
    const many = await drawnFor(40_000);
    assert.ok(some > 0 && many > 0);
    assert.ok(many <= 1.2 * some, `${many} for ten times as many as ${some}`);
    assert.ok(many < 300, `${many} for 32 rows`);
  });

  it('goes through its tabs by the arrow keys', async () => {
    panel = await harness.open();
    await panel.tell(scenario({ items: 60 }).events);
    await panel.page.getByTestId('tab-timeline').focus();
    await panel.page.keyboard.press('ArrowRight');
    assert.equal(await panel.page.getByTestId('tab-output').getAttribute('aria-selected'), 'true');
    await panel.page.keyboard.press('ArrowLeft');
    await panel.page.keyboard.press('ArrowLeft');
    assert.equal(await panel.page.getByTestId('tab-verification').getAttribute('aria-selected'), 'true');
  });

  it('draws the scaling curve, tells of its points by the keys, and has the same as a table', async () => {
    const { events } = scenario({ sweep: [1, 2, 4, 8] });
    const { summary } = events.reduce(applyEvent, emptyModel());
    panel = await harness.open();
    await panel.tell(events);
    await press('tab-scaling');
    const chart = panel.page.getByTestId('scaling-chart');
    const box = await chart.locator('canvas').boundingBox();
    assert.ok(box !== null && box.width > 300 && box.height > 120);
    await chart.focus();
    const tip = panel.page.getByTestId('scaling-tip');
    await panel.page.keyboard.press('End');
    assert.match(await tip.innerText(), /^32 workers: [\d.]+x expected \([\d.]+x to [\d.]+x\)$/);
    for (const key of ['ArrowLeft', 'ArrowLeft']) await panel.page.keyboard.press(key);
    assert.match(await tip.innerText(), /^8 workers: .+, sweep [\d.]+x, this run [\d.]+x$/);
    await press('scaling-table-button');
    assert.ok(await chart.isHidden());
    const table = panel.page.getByTestId('scaling-table');
    assert.equal(await table.locator('tbody tr').count(), summary?.forecast?.length);
    const sixteen = summary?.forecast?.find(({ workers }) => workers === 16);
    assert.equal(await value('forecast-16'), String(sixteen?.speedup));
    const startup = summary?.whatIf?.find(({ change }) => change === 'startup');
    assert.equal(await value('what-if-startup'), String(startup?.speedup));
    assert.match(
      await panel.page.getByTestId('scaling-note').innerText(),
      /A scalability law through a sweep/,
    );
  });

  it('paints the curve in the colours of the theme, and anew when it changes', async () => {
    panel = await harness.open({ theme: 'light' });
    await panel.tell(scenario({ sweep: [1, 2, 4, 8] }).events);
    await press('tab-scaling');
    const has = (colour: readonly [number, number, number]): Promise<boolean> =>
      panel.page.evaluate(
        `(() => { const canvas = document.querySelector('[data-testid=scaling-chart] canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          for (let i = 0; i < data.length; i += 4)
            if (data[i] === ${colour[0]} && data[i + 1] === ${colour[1]} && data[i + 2] === ${colour[2]} && data[i + 3] === 255) return true;
          return false; })()`,
      );
    assert.ok(!(await has([1, 2, 3])));
    await panel.page.evaluate(
      `document.documentElement.style.setProperty('--vscode-charts-blue', 'rgb(1, 2, 3)')`,
    );
    await panel.page.waitForFunction('new Promise((done) => requestAnimationFrame(() => done(true)))');
    assert.ok(await has([1, 2, 3]));
  });

  it('shows what differs from one process in a tab of its own', async () => {
    panel = await harness.open();
    const { header, events } = scenario({ items: 60, verification: different });
    await panel.tell([{ type: 'started', protocol: 1, header }, ...events.slice(1)]);
    await press('tab-verification');
    assert.match(
      await panel.page.getByTestId('verification').innerText(),
      /^Of 50 of 3,201 items run again in one process, 3 gave something else/,
    );
    const rows = panel.page.getByTestId('differences').locator('tbody tr');
    assert.match(await rows.first().innerText(), /412\s+value\.rank\s+413\s+1\s+the same: order or state/);
    await rows.first().locator('button').click();
    assert.deepEqual(await said('openResult'), [{ type: 'openResult', index: 412 }]);
  });

  it('has no curve where no speedup was measured, and says why', async () => {
    panel = await harness.open();
    await panel.tell(scenario({ items: 60, baseline: 'off' }).events);
    await press('tab-scaling');
    assert.match(await panel.page.getByTestId('scaling-empty').innerText(), /^No speedup was measured/);
    assert.ok(await panel.page.getByTestId('scaling-chart').isHidden());
  });

  it('shows the forecast of a run without a sweep as well', async () => {
    panel = await harness.open();
    await panel.tell(scenario({ items: 240 }).events);
    await press('tab-scaling');
    assert.ok(await panel.page.getByTestId('scaling-chart').locator('canvas').isVisible());
    assert.match(await panel.page.getByTestId('scaling-note').innerText(), /^Reckoned from where the time/);
  });

  it('says why a run could not begin, what to do, and leads to the place', async () => {
    panel = await harness.open();
    await panel.tell(failedToStart.events);
    assert.equal(await value('run-state'), 'failed');
    assert.match(
      await panel.page.getByTestId('failure-message').innerText(),
      /exports no function "scoreMovies"/,
    );
    assert.match(await panel.page.getByTestId('failure-hint').innerText(), /Did you mean scoreMovie/);
    await press('failure-place');
    assert.equal((await said('openSource')).length, 1);
  });

  it('takes text of the run for text alone', async () => {
    const attack = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';
    const { header, events } = scenario({ items: 3, name: attack, dataset: attack });
    panel = await harness.open();
    await panel.tell(events);
    await panel.tell([
      {
        type: 'output',
        lines: [{ worker: 1, item: 0, stream: 'stderr', text: attack, time: 1 }],
        dropped: 0,
      },
    ]);
    await press('tab-output');
    assert.ok((await panel.page.getByTestId('worker-output').innerText()).includes(attack));
    assert.equal(await panel.page.getByTestId('function-name').innerText(), header.exportName);
    assert.equal(await panel.page.evaluate('window.hit'), undefined);
    assert.equal(await panel.page.locator('img').count(), 0);
  });

  for (const [width, height] of [
    [1200, 300],
    [1200, 900],
    [420, 700],
    [420, 300],
    [300, 250],
  ] as const) {
    it(`fits ${width} by ${height} without scrolling sideways`, async () => {
      panel = await harness.open({ width, height });
      await panel.tell(scenario({ items: 240, failEvery: 9, workers: 16 }).events);
      assert.equal(await panel.page.evaluate('document.documentElement.scrollWidth > innerWidth'), false);
      assert.ok(await panel.page.getByTestId('speedup-value').isVisible());
    });
  }
});
