import assert from 'node:assert/strict';
import { pseudo, untranslated } from '../../pseudo-language.ts';
import { type OpenPanel, PanelHarness } from './harness.ts';
import { different, failedToStart, measuringBaseline, type Scenario, scenario } from './scenarios.ts';

/** What is not the panel's own: names and data of the user, and what the job says of the run. */
const DATA = [
  '.name',
  '.facts li',
  '.line .text',
  '.row:not(.head) .input',
  '.row:not(.head) .result',
  '.row[data-ok=false]',
  '.mono',
  '.message',
  '.failure p',
  '[role=status].unseen',
].join(', ');
/** Texts, and attributes that are read out or shown, of what is in sight; those drawn on a canvas too. */
const COLLECT = `((data) => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || element.closest('script, style, [hidden]') !== null) continue;
    // A sentence may have values that are elements: it is read whole.
    const whole = element.closest('p, li, dt, dd, th, td, button, option, h1, h2, .of, .ok, .bad, .label') ?? element;
    if (whole.closest(data) === null) found.push(whole.textContent);
  }
  for (const element of document.querySelectorAll('*'))
    for (const name of ['aria-label', 'aria-roledescription', 'title', 'placeholder', 'alt'])
      if (element.hasAttribute(name) && !element.matches(name === 'title' ? data : '#none'))
        found.push(element.getAttribute(name));
  return [...new Set([...found, ...window.drawn])];
})(${JSON.stringify(DATA)})`;
const RECORD_DRAWN = `window.drawn = [];
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    window.drawn.push(String(text));
    return fillText.call(this, text, ...rest);
  };`;

const TABS = ['timeline', 'output', 'results', 'losses', 'scaling', 'verification'];

const scenarios: Readonly<Record<string, Scenario>> = {
  'nothing run yet': { ...measuringBaseline, events: [] },
  'before the first item': measuringBaseline,
  'a run under way': scenario({ until: 0.43, end: 'none' }),
  'a run with failures and a sweep': scenario({
    ...{ items: 240, failEvery: 9, sweep: [1, 2, 4, 8], verification: different },
  }),
  'a stopped run': scenario({ until: 0.6, end: 'interrupted' }),
  'a run without a baseline': scenario({ items: 60, baseline: 'off' }),
  'a run that could not begin': failedToStart,
};

describe('panel in another language', () => {
  let harness: PanelHarness;
  let panel: OpenPanel;
  before(async () => {
    harness = await PanelHarness.start(pseudo);
  });
  after(() => harness[Symbol.asyncDispose]());
  afterEach(async () => {
    const { problems } = panel;
    await panel.page.close();
    assert.deepEqual(problems, []);
  });

  const english = async (): Promise<string[]> =>
    (await panel.page.evaluate<string[]>(COLLECT)).filter((text) => untranslated(text).length > 0);

  for (const [name, { events }] of Object.entries(scenarios))
    it(`says nothing of its own in English: ${name}`, async () => {
      panel = await harness.open({ translated: true, init: RECORD_DRAWN });
      await panel.tell(events);
      assert.deepEqual(await english(), []);
      for (const fact of await panel.page.locator('.facts :is(.workers, .loader)').allTextContents())
        assert.match(fact, /^⟦/);
      assert.equal(await panel.page.locator('html').getAttribute('lang'), 'qps-ploc');
      for (const tab of TABS) {
        const handle = panel.page.getByTestId(`tab-${tab}`);
        if (!(await handle.isVisible())) continue;
        await handle.click();
        assert.deepEqual(await english(), [], tab);
        const twin = panel.page.getByTestId(`${tab}-table-button`);
        const chart = panel.page.getByTestId(tab === 'timeline' ? 'timeline-canvas' : 'scaling-chart');
        if (!(await twin.isVisible())) continue;
        await chart.press('End');
        assert.deepEqual(await english(), [], `${tab} pointed at`);
        await twin.click();
        assert.deepEqual(await english(), [], `${tab} as a table`);
      }
    });

  it('is English where there is no translation, and that is found', async () => {
    panel = await harness.open({ init: RECORD_DRAWN });
    await panel.tell(scenario({ items: 240 }).events);
    const said = await english();
    for (const text of ['Timeline', 'Worker 1', 'Run again', 'Computing', 'Views of the run', 'In parallel'])
      assert.ok(said.includes(text), `${text} is not among ${said.join(' | ')}`);
  });
});
