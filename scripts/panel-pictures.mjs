/** Pictures of the panel alone, on runs that are made up: the same on every machine, however busy it is. */

const SIZE = { width: 1200, height: 420 };
/** From here on the timeline stands above the tabs. */
const TALL = { width: 1200, height: 720 };
/** Tall enough for the rows of 128 workers. */
const TALLEST = { width: 1200, height: 1100 };
const THEMES = ['dark', 'light', 'contrast'];

/** Takes every picture, and gives each with its name to `save`. */
export async function picturePanels(save) {
  const { PanelHarness } = await import('../test/e2e/panel/harness.ts');
  const harness = await PanelHarness.start();
  try {
    for (const shot of await shots()) {
      const panel = await harness.open({ theme: shot.theme, ...(shot.size ?? SIZE) });
      await panel.tell(shot.of.events);
      if (shot.tab !== undefined) await panel.page.getByTestId(`tab-${shot.tab}`).click();
      await shot.act?.(panel.page);
      await save(panel.page, shot.name);
      if (panel.problems.length > 0) throw new Error(`${shot.name}: ${panel.problems.join('; ')}`);
      await panel.page.close();
    }
  } finally {
    await harness[Symbol.asyncDispose]();
  }
}

async function shots() {
  const { different, failedToStart, measuringBaseline, scenario } = await import(
    '../test/e2e/panel/scenarios.ts'
  );
  const done = scenario({ sweep: [1, 2, 4, 8] });
  const failing = scenario({ items: 240, itemMs: 60, failEvery: 9 });
  const states = {
    empty: { of: { ...measuringBaseline, events: [] } },
    running: { of: scenario({ until: 0.43, end: 'none' }) },
    done: { of: done },
    failed: { of: failing, tab: 'results', size: TALL },
    'could-not-run': { of: failedToStart },
    '128-workers': {
      of: scenario({ workers: 128, items: 40_000, itemMs: 90, failEvery: 4_001 }),
      size: TALLEST,
    },
  };
  const each = Object.entries(states).flatMap(([name, state]) =>
    THEMES.map((theme) => ({ name: `panel-${name}-${theme}`, theme, ...state })),
  );
  const verified = scenario({ verification: different });
  return [
    ...each,
    { name: 'panel-zoomed-dark', theme: 'dark', of: states['128-workers'].of, size: TALLEST, act: zoomIn },
    { name: 'panel-done-contrast-light', theme: 'contrast-light', of: done },
    { name: 'panel-output-dark', theme: 'dark', of: failing, tab: 'output' },
    { name: 'panel-results-light', theme: 'light', of: done, tab: 'results' },
    { name: 'panel-losses-dark', theme: 'dark', of: done, tab: 'losses' },
    { name: 'panel-scaling-dark', theme: 'dark', of: done, tab: 'scaling' },
    { name: 'panel-scaling-light', theme: 'light', of: done, tab: 'scaling' },
    { name: 'panel-verification-dark', theme: 'dark', of: verified, tab: 'verification' },
    { name: 'panel-table-light', theme: 'light', of: failing, act: pressTable },
  ];
}

async function zoomIn(page) {
  const canvas = page.getByTestId('timeline-canvas');
  await canvas.hover({ position: { x: 700, y: 60 } });
  await page.keyboard.down('Control');
  for (let turn = 0; turn < 5; turn++) await page.mouse.wheel(0, -160);
  await page.keyboard.up('Control');
  await page.mouse.move(700, 120);
}

async function pressTable(page) {
  await page.getByTestId('timeline-table-button').click();
}
