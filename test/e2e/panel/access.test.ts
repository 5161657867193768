import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import type { FromPanel } from '../../../src/protocol/panel.ts';
import { type OpenPanel, PanelHarness, type ThemeName } from './harness.ts';
import { mouseOnly, NOTE_LISTENERS } from './mouse-only.ts';
import { different, failedToStart, measuringBaseline, type Scenario, scenario } from './scenarios.ts';

const TABS = ['timeline', 'output', 'results', 'losses', 'scaling', 'verification'] as const;

const scenarios: Readonly<Record<string, Scenario>> = {
  'nothing run yet': { ...measuringBaseline, events: [] },
  'before the first item': measuringBaseline,
  'a run under way': scenario({ until: 0.43, end: 'none' }),
  'a run with failures and a sweep': scenario({
    items: 240,
    failEvery: 9,
    sweep: [1, 2, 4, 8],
    verification: different,
  }),
  'a stopped run': scenario({ until: 0.6, end: 'interrupted' }),
  'a run without a baseline': scenario({ items: 60, baseline: 'off' }),
  'a run of 128 workers': scenario({ workers: 128, items: 5_000 }),
  'a run that could not begin': failedToStart,
};

/** In the others, the tabs show the same. */
const WALKED = new Set(['a run under way', 'a run with failures and a sweep']);

/** What axe finds, as lines: rule, element, what is wrong with it. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>(
    'axe.run(document, { resultTypes: ["violations"] })',
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')} ${failureSummary}`),
  );
}

describe('panel for everybody', () => {
  let harness: PanelHarness;
  let panel: OpenPanel;

  before(async () => {
    harness = await PanelHarness.start();
  });

  after(() => harness[Symbol.asyncDispose]());

  afterEach(async () => {
    const { problems } = panel;
    await panel.page.close();
    assert.deepEqual(problems, [], 'errors of the page or breaches of its policy');
  });

  const said = (type: FromPanel['type']): FromPanel[] =>
    panel.posted.filter((message) => message.type === type);

  for (const theme of ['dark', 'light', 'contrast', 'contrast-light'] as const satisfies readonly ThemeName[])
    for (const [name, { events }] of Object.entries(scenarios))
      it(`has no violation that axe finds: ${name}, ${theme}`, async () => {
        panel = await harness.open({ theme });
        await panel.tell(events);
        assert.deepEqual(await violations(panel.page), []);
        for (const tab of WALKED.has(name) ? TABS : []) {
          const handle = panel.page.getByTestId(`tab-${tab}`);
          if (!(await handle.isVisible())) continue;
          await handle.click();
          assert.deepEqual(await violations(panel.page), [], tab);
          const twin = panel.page.getByTestId(`${tab}-table-button`);
          if ((await twin.count()) === 0 || !(await twin.isVisible())) continue;
          await twin.click();
          assert.deepEqual(await violations(panel.page), [], `${tab} as a table`);
          await twin.click();
        }
      });

  it('would be found by axe to have a violation: a button without a name, a text that is too pale, a wrong role', async () => {
    panel = await harness.open();
    await panel.tell(scenario({ items: 60 }).events);
    await panel.page.evaluate(`(() => {
      const button = document.createElement('button');
      const pale = document.createElement('p');
      pale.textContent = 'Hardly to be read';
      pale.style.color = 'rgb(80, 80, 80)'; // On the dark theme's ground.
      const row = document.createElement('div');
      row.setAttribute('role', 'gridcell');
      document.querySelector('main').prepend(button, pale, row);
    })()`);
    const found = (await violations(panel.page)).map((line) => line.split(' ')[0]);
    for (const rule of ['button-name', 'color-contrast', 'aria-required-parent'])
      assert.ok(found.includes(rule), `${rule} is not among ${found.join()}`);
  });

  for (const [name, { events }] of Object.entries(scenarios))
    it(`has nothing that only a mouse reaches: ${name}`, async () => {
      panel = await harness.open({ init: NOTE_LISTENERS, height: 420 });
      await panel.tell(events);
      assert.deepEqual(await mouseOnly(panel.page), []);
      for (const tab of TABS) {
        const handle = panel.page.getByTestId(`tab-${tab}`);
        if (!(await handle.isVisible())) continue;
        await handle.click();
        assert.deepEqual(await mouseOnly(panel.page), [], tab);
      }
    });

  it('would be found to have what only a mouse reaches', async () => {
    panel = await harness.open({ init: NOTE_LISTENERS, height: 420 });
    await panel.tell(scenario({ items: 60 }).events);
    await panel.page.getByTestId('tab-results').click();
    await panel.page.evaluate(`(() => {
      const heard = document.createElement('span');
      heard.textContent = 'Clicked only';
      heard.addEventListener('click', () => {});
      const said = document.createElement('span');
      said.textContent = 'A button by its role';
      said.setAttribute('role', 'button');
      document.querySelector('.results').prepend(heard, said);
      document.querySelector('[data-testid=results-copy]').tabIndex = -1;
      document.querySelector('[data-testid=results]').removeAttribute('tabindex');
      for (const head of document.querySelectorAll('[role=columnheader] button')) head.remove();
    })()`);
    const found = (await mouseOnly(panel.page)).join('\n');
    for (const part of ['Clicked only', 'A button by its role', 'results-copy', 'results-row'])
      assert.ok(found.includes(part), `${part} is not found among ${found}`);
  });

  /** Goes on by Tab to what has a test id; each stop on the way must be seen to have the focus. */
  async function tabTo(test: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    for (let stop = 0; stop < 40; stop++) {
      await panel.page.keyboard.press(key);
      const { at, outline } = await panel.page.evaluate<{ at: string; outline: string }>(
        `(() => { const element = document.activeElement; const style = getComputedStyle(element);
          return { at: element.dataset.testid ?? element.className, outline: style.outlineStyle + ' ' + style.outlineWidth }; })()`,
      );
      if (at !== '') assert.match(outline, /^(solid|dashed|auto) [1-9]/, `${at} does not show the focus`);
      if (at === test) return;
    }
    assert.fail(`${test} is not reached by ${key}`);
  }
  const keys = async (...names: readonly string[]): Promise<void> => {
    for (const name of names) await panel.page.keyboard.press(name);
    // What the page posts on a key comes here before the answer to a question that is asked after it.
    await panel.page.evaluate('0');
  };

  it('is operated by keys alone: a run under way', async () => {
    panel = await harness.open({ height: 420 });
    await panel.tell(scenario({ until: 0.4, end: 'none' }).events);
    await tabTo('function-name');
    await keys('Enter');
    assert.equal(said('openSource').length, 1);
    await tabTo('stop-button');
    await keys('Space');
    assert.equal(said('stop').length, 1);
  });

  it('is operated by keys alone: the timeline', async () => {
    panel = await harness.open({ height: 420 });
    await panel.tell(scenario({ items: 2_000 }).events);
    const whole = panel.page.getByTestId('timeline-whole');
    const tip = panel.page.getByTestId('timeline-tip');
    await tabTo('timeline-canvas');
    // Past what both workers needed to start.
    await keys(...Array<string>(12).fill('ArrowRight'), 'ArrowDown');
    assert.match(await tip.innerText(), /^Worker 2: Computing item \d+, /);
    assert.ok(await whole.isDisabled());
    await keys('+', '+', '+');
    assert.ok(await whole.isEnabled());
    await keys('Shift+ArrowRight', 'Shift+ArrowRight');
    assert.ok(await tip.isHidden(), 'what is marked went out of sight');
    await keys('ArrowRight');
    assert.ok(await tip.isVisible(), 'and is brought back');
    await keys('End', 'Enter', 'Home', 'Enter', '-', '0', 'Escape');
    assert.ok((await whole.isDisabled()) && (await tip.isHidden()));
    const opened = said('openResult').map((message) => (message.type === 'openResult' ? message.index : -1));
    assert.ok(opened.length === 1 && (opened[0] ?? 0) > 1_900, 'the last item; the first stretch is no item');
    await tabTo('timeline-table-button', 'Shift+Tab');
    await keys('Space');
    assert.ok(await panel.page.getByTestId('workers-table').isVisible());
  });

  it('is operated by keys alone: tabs, filters, tables and buttons', async () => {
    panel = await harness.open({ height: 420 });
    await panel.tell(scenario({ items: 1_000, failEvery: 9, workers: 4, sweep: [1, 2, 4] }).events);
    const lines = panel.page.locator('.line');
    await tabTo('tab-timeline');
    await keys('ArrowRight');
    await tabTo('output-worker');
    await keys('ArrowDown');
    const workers = await lines.locator('.who').allInnerTexts();
    assert.ok(workers.length > 0 && workers.every((text) => text.trim() === '1'));
    await tabTo('output-level');
    await keys('End');
    await tabTo('output-item');
    await keys('8');
    await tabTo('output-filter');
    await keys('Shift+Tab', 'Shift+Tab', 'Shift+Tab', 'Home');
    assert.match((await lines.allInnerTexts()).join(), /^\d\s*warning: no rating for "La Jetée 1"$/);
    await tabTo('open-log-button');
    await keys('Enter');
    assert.deepEqual(said('openLog'), [{ type: 'openLog', worker: null }]);
    await tabTo('tab-output', 'Shift+Tab');
    await keys('ArrowRight');
    await tabTo('results-failed');
    await keys('Space');
    await tabTo('results-copy');
    await keys('Enter');
    const [copied] = said('copy');
    assert.ok(copied?.type === 'copy' && copied.text.split('\n').length === 112);
    await tabTo('results-save');
    await keys('Enter');
    assert.deepEqual(said('saveResults'), [{ type: 'saveResults' }]);
    await tabTo('results');
    await keys('ArrowDown', 'ArrowDown', 'Enter', 'Space');
    assert.equal(said('openSource').length, 1);
    assert.deepEqual(said('openResult'), [{ type: 'openResult', index: 17 }]);
    await tabTo('sort-ms');
    await keys('Enter', 'Enter');
    assert.equal(await panel.page.locator('[aria-sort]').getAttribute('aria-sort'), 'descending');
    await tabTo('tab-results', 'Shift+Tab');
    await keys('ArrowRight', 'ArrowRight');
    await tabTo('scaling-chart');
    await keys('End');
    assert.match(await panel.page.getByTestId('scaling-tip').innerText(), /workers: /);
    await tabTo('scaling-table-button', 'Shift+Tab');
    await keys('Enter');
    assert.ok(await panel.page.getByTestId('scaling-table').isVisible());
  });

  it('has the numbers of every chart as a table, with heads and a name', async () => {
    panel = await harness.open({ height: 420 });
    await panel.tell(scenario({ items: 240, sweep: [1, 2, 4, 8] }).events);
    for (const [tab, table, twin] of [
      ['timeline', 'workers-table', 'timeline-table-button'],
      ['losses', 'losses', null],
      ['scaling', 'scaling-table', 'scaling-table-button'],
    ] as const) {
      await panel.page.getByTestId(`tab-${tab}`).click();
      if (twin !== null) await panel.page.getByTestId(twin).click();
      const shown = panel.page.getByTestId(table);
      assert.ok(await shown.isVisible(), `${tab} has its table`);
      assert.ok((await shown.locator('th[scope=col]').count()) > 2);
      assert.ok((await shown.locator('th[scope=row]').count()) > 2);
    }
  });

  it('moves nothing for who asked for less motion, of the system or of VS Code', async () => {
    panel = await harness.open();
    await panel.tell(scenario({ until: 0.4, end: 'none' }).events);
    const moving = (): Promise<number> =>
      panel.page.evaluate<number>(
        `document.getAnimations().filter((each) => each.playState === 'running').length`,
      );
    assert.ok((await moving()) > 0, 'the state of a run under way pulses');
    await panel.page.emulateMedia({ reducedMotion: 'reduce' });
    assert.equal(await moving(), 0);
    await panel.page.emulateMedia({ reducedMotion: 'no-preference' });
    assert.ok((await moving()) > 0);
    await panel.page.evaluate(`document.body.classList.add('vscode-reduce-motion')`);
    assert.equal(await moving(), 0);
  });

  it('runs its own script only, and takes no style from an attribute or an element', async () => {
    panel = await harness.open();
    await panel.page.evaluate(`(() => {
      const script = document.createElement('script');
      script.textContent = 'window.hit = 1';
      const style = document.createElement('style');
      style.textContent = 'body { opacity: 0.5 }';
      document.body.append(script, style);
      document.body.insertAdjacentHTML('beforeend', '<i style="opacity: 0.5"></i><img src="https://example.com/x.png">');
    })()`);
    assert.equal(await panel.page.evaluate('window.hit'), undefined);
    assert.equal(await panel.page.evaluate('getComputedStyle(document.body).opacity'), '1');
    assert.equal(await panel.page.evaluate(`getComputedStyle(document.querySelector('i')).opacity`), '1');
    for (const breach of [/inline script/, /inline style/, /Loading the image/])
      assert.ok(
        panel.problems.some((problem) => breach.test(problem)),
        `${breach} is not refused`,
      );
    panel.problems.length = 0;
  });
});
