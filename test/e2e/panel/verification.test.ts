import assert from 'node:assert/strict';
import type { FromPanel } from '../../../src/protocol/panel.ts';
import type { RunEvent, Verification } from '../../../src/protocol/run.ts';
import { itemCount } from '../../../src/report/counts.ts';
import { message } from '../../../src/report/l10n.ts';
import { applyEvent, emptyModel } from '../../../src/report/model.ts';
import { type OpenPanel, PanelHarness } from './harness.ts';
import { scenario } from './scenarios.ts';

const differing: Verification = {
  ...{ checked: 240, of: 240, differences: 31 },
  first: Array.from({ length: 20 }, (_, item) => ({
    ...{ index: item * 3, path: 'value.rank', parallel: String(item), alone: String(item + 1) },
    repeatable: item % 2 === 0,
  })),
};

/** The events of a run, its end with a verification. */
function verified(verification: Verification): RunEvent[] {
  return scenario({ items: 240 }).events.map((event) =>
    event.type === 'finished' ? { ...event, summary: { ...event.summary, verification } } : event,
  );
}

describe('what can be done with a run in the panel', () => {
  let harness: PanelHarness;
  let panel: OpenPanel;
  before(async () => {
    harness = await PanelHarness.start();
  });
  after(() => harness[Symbol.asyncDispose]());
  afterEach(async () => {
    assert.deepEqual(panel.problems, []);
    await panel.page.close();
  });

  const press = (test: string) => panel.page.getByTestId(test).click();
  /** What the page posts comes here before the answer to a question that is asked after it. */
  const said = async (type: FromPanel['type']): Promise<FromPanel[]> => {
    await panel.page.evaluate('0');
    return panel.posted.filter((message) => message.type === type);
  };
  const shown = (test: string) => panel.page.getByTestId(test).isVisible();
  const answer = () => panel.page.getByTestId('verification');

  it('is to verify all or some of its items, once it has ended', async () => {
    panel = await harness.open();
    const { events } = scenario({ items: 240 });
    await panel.tell(events.filter(({ type }) => type !== 'finished'));
    await press('tab-verification');
    assert.equal(await shown('verify-all-button'), false);
    await panel.tell(events.filter(({ type }) => type === 'finished'));
    assert.equal(await answer().innerText(), 'Not verified');
    await press('verify-all-button');
    await press('verify-sample-button');
    assert.deepEqual(await said('verify'), [
      { type: 'verify', items: 'all' },
      { type: 'verify', items: 100 },
    ]);
  });

  it('keeps what it shows while it is verified, and then says what came of it', async () => {
    panel = await harness.open();
    const { events } = scenario({ items: 240 });
    await panel.tell(events);
    await press('tab-verification');
    await panel.tell([
      {
        type: 'phase',
        phase: 'verifying',
        time: 1,
        note: message('{0} of {1}', 120, itemCount(240, message)),
      },
    ]);
    assert.match(await answer().innerText(), /120 of 240 items/);
    assert.equal(await panel.page.getByTestId('succeeded-count').getAttribute('data-value'), '240');
    assert.ok(await shown('stop-button'));
    assert.equal(await shown('verify-all-button'), false);
    const same = { checked: 240, of: 240, differences: 0, first: [] };
    await panel.tell(verified(same).filter(({ type }) => type === 'finished'));
    assert.equal(await answer().getAttribute('data-tone'), 'good');
    assert.equal(await shown('differences'), false);
    assert.ok(await shown('verify-all-button'), 'it can be repeated');
  });

  it('names the items that differ, and opens one', async () => {
    panel = await harness.open({ height: 700 });
    await panel.send({ type: 'snapshot', model: verified(differing).reduce(applyEvent, emptyModel()) });
    assert.match(await panel.page.getByTestId('tab-verification').innerText(), /31 differ/);
    await press('tab-verification');
    assert.equal(await answer().getAttribute('data-tone'), 'bad');
    const rows = panel.page.getByTestId('difference');
    assert.equal(await rows.count(), 20);
    assert.match(await rows.nth(1).innerText(), /^3\s+value\.rank\s+1\s+2\s+something else/);
    await rows.nth(1).getByRole('button').click();
    assert.deepEqual(await said('openResult'), [{ type: 'openResult', index: 3 }]);
    assert.match(
      await panel.page.getByTestId('differences').innerText(),
      /first 20 items that differ, of 31/,
    );
  });

  it('is to resume it where it was stopped or broke off, and to run failed items again', async () => {
    panel = await harness.open();
    await panel.tell(scenario({ items: 240, failEvery: 9 }).events);
    assert.deepEqual([await shown('resume-button'), await shown('failed-again-button')], [false, true]);
    await press('failed-again-button');
    await panel.tell(scenario({ items: 240, until: 0.5, end: 'interrupted' }).events);
    assert.deepEqual([await shown('resume-button'), await shown('failed-again-button')], [true, false]);
    await press('resume-button');
    const failure = { code: 'ERR_MANYCORE_JOB_HOST_DIED', message: 'killed', runDir: '/runs/1' };
    const cut = scenario({ items: 240, until: 0.5, end: 'none' }).events;
    await panel.tell([...cut, { type: 'failed', failure, exitCode: 3 }]);
    await press('resume-button');
    assert.equal((await said('resume')).length, 2);
    assert.equal((await said('runFailedAgain')).length, 1);
    await panel.tell([{ type: 'failed', failure, exitCode: 2 }]);
    assert.equal(await shown('resume-button'), false, 'a run that did not begin has nothing to go on with');
  });
});
