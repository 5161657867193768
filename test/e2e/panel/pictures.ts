// Pictures of the panel and the report in every state, to be looked at: node --import tsx test/e2e/panel/pictures.ts [FOLDER]
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderReport } from '../../../src/report/html.ts';
import { applyEvent, emptyModel } from '../../../src/report/model.ts';
import { PanelHarness, type ThemeName } from './harness.ts';
import { failedToStart, measuringBaseline, type Scenario, scenario } from './scenarios.ts';

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'manycore-pictures-'));
const only = process.argv[3];
mkdirSync(folder, { recursive: true });

const running = scenario({ until: 0.43, end: 'none' });
const finished = scenario();
const failing = scenario({ items: 240, itemMs: 60, failEvery: 9 });
const crowd = scenario({ workers: 64, items: 20_000 });
const allFailed = scenario({ items: 40, itemMs: 30, failEvery: 1 });
const baselineOff = scenario({ baseline: 'off' });
const swept = scenario({ sweep: [1, 2, 4, 8] });
const sweptTwo = scenario({ workers: 2, items: 2000, sweep: [1, 2] });
const hosts = scenario({
  hosts: ['render-04/2231', 'render-05/871', 'build-agent-with-a-long-name-17/90210'],
  failEvery: 90,
});
const none: Scenario = { ...finished, events: [] };

const longNames = scenario({
  name: 'computeTheWeightedScoreOfEveryMovieThatWasEverMade',
  dataset: `data/${'a-very-long-folder-name/'.repeat(6)}movies.json`,
});
const busy = scenario({ workers: 2, items: 2000, contention: 0.3 });

interface Shot {
  readonly name: string;
  readonly of: Scenario;
  readonly theme?: ThemeName;
  readonly tab?: string;
  readonly size?: readonly [number, number];
  readonly press?: string;
}

const shots: readonly Shot[] = [
  { name: 'start', of: none },
  { name: 'baseline', of: measuringBaseline },
  { name: 'running', of: running },
  { name: 'running-output', of: running, tab: 'output' },
  { name: 'finished', of: finished },
  { name: 'finished-light', of: finished, theme: 'light' },
  { name: 'finished-contrast', of: failing, theme: 'contrast' },
  { name: 'failing', of: failing },
  { name: 'failing-results', of: failing, tab: 'results' },
  { name: 'failing-results-light', of: failing, tab: 'results', theme: 'light' },
  { name: 'failing-results-contrast', of: failing, tab: 'results', theme: 'contrast' },
  { name: 'losses', of: finished, tab: 'losses' },
  { name: 'losses-light', of: finished, tab: 'losses', theme: 'light' },
  { name: 'scaling', of: swept, tab: 'scaling' },
  { name: 'scaling-light', of: swept, tab: 'scaling', theme: 'light' },
  { name: 'scaling-contrast', of: swept, tab: 'scaling', theme: 'contrast' },
  { name: 'scaling-table', of: swept, tab: 'scaling', press: 'scaling-table-button' },
  { name: 'scaling-two', of: sweptTwo, tab: 'scaling', theme: 'light', size: [1040, 260] },
  { name: 'scaling-one-run', of: finished, tab: 'scaling', size: [1040, 260] },
  { name: 'scaling-tall', of: swept, tab: 'scaling', size: [1200, 900] },
  { name: 'scaling-narrow', of: swept, tab: 'scaling', size: [420, 700] },
  { name: 'scaling-low', of: sweptTwo, tab: 'scaling', size: [760, 200] },
  { name: 'failed-to-start', of: failedToStart },
  { name: 'failed-to-start-light', of: failedToStart, theme: 'light' },
  { name: 'hosts', of: hosts },
  { name: 'hosts-light', of: hosts, theme: 'light' },
  { name: 'hosts-contrast', of: hosts, theme: 'contrast' },
  { name: 'hosts-table', of: hosts, press: 'timeline-table-button' },
  { name: 'hosts-narrow', of: hosts, size: [420, 400] },
  { name: 'crowd', of: crowd },
  { name: 'tall', of: failing, size: [1200, 900], tab: 'results' },
  { name: 'tall-light', of: crowd, size: [1200, 900], tab: 'losses', theme: 'light' },
  { name: 'narrow', of: failing, size: [420, 700], tab: 'results' },
  { name: 'narrow-short', of: running, size: [420, 300] },
  { name: 'interrupted', of: scenario({ until: 0.6, end: 'interrupted' }) },
  { name: 'all-failed', of: allFailed },
  { name: 'baseline-off', of: baselineOff },
  { name: 'no-items', of: scenario({ items: 0 }) },
  {
    name: 'long-names',
    of: longNames,
    size: [800, 300],
  },
  { name: 'table', of: failing, press: 'timeline-table-button' },
  ...sizes(),
];

/** VS Code's panel area at its default height and around it, wide and narrow: `at-260x1040-failing-light`. */
function sizes(): Shot[] {
  const states = { none, running, busy, failing, failedToStart, longNames, crowd, baselineOff };
  const themes = { failing: 'light', busy: 'dark', crowd: 'contrast' } as const;
  return [200, 260, 400].flatMap((height) =>
    [420, 760, 1040].flatMap((width) =>
      Object.entries(states).map(([state, of]) => {
        const theme = Object.entries(themes).find(([name]) => name === state)?.[1] ?? 'dark';
        return { name: `at-${height}x${width}-${state}`, of, theme, size: [width, height] as const };
      }),
    ),
  );
}

await using harness = await PanelHarness.start();
for (const shot of shots) {
  if (only !== undefined && !shot.name.includes(only)) continue;
  const [width, height] = shot.size ?? [1200, 300];
  const { page, tell, problems } = await harness.open({ theme: shot.theme ?? 'dark', width, height });
  await tell(shot.of.events);
  if (shot.tab !== undefined) await page.getByTestId(`tab-${shot.tab}`).click();
  if (shot.press !== undefined) await page.getByTestId(shot.press).click();
  await page.screenshot({ path: join(folder, `panel-${shot.name}.png`) });
  if (problems.length > 0) console.log(shot.name, problems);
  await page.close();
}

const reports = {
  finished,
  failing,
  crowd,
  hosts,
  swept,
  'swept-two': sweptTwo,
  'all-failed': allFailed,
  'no-items': scenario({ items: 0 }),
  off: scenario({ baseline: 'off' }),
  interrupted: scenario({ until: 0.6, end: 'interrupted' }),
};
for (const [name, { header, events, spans }] of Object.entries(reports)) {
  if (only !== undefined && !`report-${name}`.includes(only)) continue;
  const { summary, output, results } = events.reduce(applyEvent, emptyModel());
  if (summary === null) continue;
  const file = join(folder, `report-${name}.html`);
  writeFileSync(file, renderReport({ summary, header, spans, output: output.lines, rows: results.rows }));
  for (const scheme of name === 'failing' || name === 'swept'
    ? (['light', 'dark'] as const)
    : (['light'] as const)) {
    const page = await harness.browser.newPage({
      viewport: { width: 1100, height: 900 },
      colorScheme: scheme,
    });
    page.on('console', (message) => console.log(name, message.text()));
    await page.goto(`file://${file}`);
    await page.screenshot({ path: join(folder, `report-${name}-${scheme}.png`), fullPage: true });
    await page.close();
  }
}
console.log(folder);
