/**
 * `npm run pictures [-- FOLDER] [--only panel | run | problems]`: drives the panel and the real VS Code in headless Chromium
 * and saves what a user sees, to `docs/pictures` where no other folder is given. The README shows `run-dark`.
 */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { launchBrowser, WINDOW } from './browser.mjs';
import { build } from './build.mjs';
import { picturePanels } from './panel-pictures.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { inRoot } from './setup/paths.mjs';
import { main, SetupError, say } from './setup/say.mjs';

/** A picture in a repository is copied by everybody: this is the most that one may have, in bytes. */
const LARGEST = 150_000;
/** A window of an editor has few colours; text stays sharp with so many. */
const COLOURS = 128;
/** Limit in ms for anything that is waited for: nobody waits for pictures, and a busy machine takes its time. */
const PATIENCE = 180_000;
const flights = 'node_modules/vega-datasets/data/flights-2k.json';
const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } });
const folder = resolve(positionals[0] ?? inRoot('docs', 'pictures'));

await main(async () => {
  ensureInstalled();
  const { register } = await import('tsx/esm/api');
  register();
  mkdirSync(folder, { recursive: true });
  const wants = (part) => values.only === undefined || values.only === part;
  if (wants('panel')) await picturePanels(save);
  if (!wants('run') && !wants('problems')) return;
  await build();
  const { Workbench } = await import('../test/e2e/workbench.ts');
  if (wants('run')) await pictureTheMainJob(Workbench);
  if (wants('problems')) await pictureWhatGoesWrong(Workbench);
});

/** The flights example: before and after a run, in three themes, and its report. */
async function pictureTheMainJob(Workbench) {
  const workbench = await Workbench.open({
    workspace: inRoot('examples', 'flights'),
    settings: { 'manycore.run.sweep': true },
  });
  try {
    const { page } = workbench;
    page.setDefaultTimeout(PATIENCE);
    await workbench.openFile('expected-delay.ts');
    await page.locator('.monaco-editor textarea, .monaco-editor .native-edit-context').first().focus();
    await page.keyboard.press('Control+g');
    await page.locator('.quick-input-widget input').fill(':24');
    await page.keyboard.press('Enter');
    await workbench.lens('Run in parallel').waitFor();
    await workbench.command('Manycore: Show Panel');
    await workbench.shown('start').waitFor();
    await settled(page);
    await save(page, 'empty-panel');
    await workbench.lens('Run in parallel').click();
    await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await save(page, 'choose-dataset');
    await workbench.answer(flights);
    await workbench.state('finished');
    await hideNotifications(page);
    await save(page, 'run-dark');
    for (const [name, theme, kind] of [
      ['run-light', 'Light Modern', 'vscode-light'],
      ['run-contrast', 'Dark High Contrast', 'vscode-high-contrast'],
    ]) {
      await workbench.command('Preferences: Color Theme');
      await workbench.answer(theme);
      await workbench.panel().locator(`body.${kind}`).waitFor();
      await save(page, name);
    }
    await pictureReport(workbench.folder);
  } finally {
    await workbench[Symbol.asyncDispose]();
  }
}

/** Items that fail, and what the editor says before a run. */
async function pictureWhatGoesWrong(Workbench) {
  const workbench = await Workbench.open({ workspace: inRoot('test/fixtures/host') });
  try {
    const { page } = workbench;
    page.setDefaultTimeout(PATIENCE);
    await workbench.openFile('src/unguarded.ts');
    await page.locator('.squiggly-error, .squiggly-warning').first().waitFor();
    await workbench.command('Problems: Focus on Problems View');
    await settled(page);
    await save(page, 'diagnostics');
    await pictureFixes(workbench);
    await workbench.openFile('src/words.cjs');
    await workbench.lens('Run in parallel').click();
    await workbench.pick('words.jsonl');
    await workbench.state('finished');
    await workbench.shown('tab-results').click();
    await hideNotifications(page);
    await save(page, 'failed-items');
  } finally {
    await workbench[Symbol.asyncDispose]();
  }
}

/** What the lightbulb of a diagnostic offers, and the fix of everything in a file that is safe to change. */
async function pictureFixes(workbench) {
  const { page } = workbench;
  const actions = page.locator('.action-widget .monaco-list-row').first();
  await nextProblem(page);
  await page.keyboard.press('Control+.');
  await actions.waitFor();
  await save(page, 'lightbulb');
  await page.keyboard.press('Escape');
  cpSync(inRoot('test/corpus/floating-result/01-map-not-awaited.ts'), join(workbench.folder, 'src/warm.ts'));
  await workbench.openFile('src/warm.ts');
  await nextProblem(page);
  await workbench.command('Source Action...');
  await actions.waitFor();
  await save(page, 'fix-all');
  await page.keyboard.press('Escape');
}

/** Goes to the next problem of the open file and closes its text. */
async function nextProblem(page) {
  await page.locator('.squiggly-error, .squiggly-warning').first().waitFor();
  await page.locator('.monaco-editor textarea, .monaco-editor .native-edit-context').first().focus();
  await page.keyboard.press('F8');
  await page.keyboard.press('Escape');
}

async function pictureReport(workspace) {
  const runs = join(workspace, '.manycore', 'runs');
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: WINDOW });
    await page.goto(pathToFileURL(join(runs, readdirSync(runs)[0], 'report.html')).href);
    await save(page, 'report');
  } finally {
    await browser.close();
  }
}

async function hideNotifications(page) {
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget input').fill('>Notifications: Clear All Notifications');
  await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  await page.keyboard.press('Enter');
  await settled(page);
}

/** Until nothing is loading or fading any more. */
async function settled(page) {
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  await page.waitForTimeout(400);
}

async function save(page, name) {
  const path = join(folder, `${name}.png`);
  await page.waitForTimeout(400); // Hover effects and tabs fade.
  const picture = await page.screenshot({ animations: 'disabled' });
  const { default: sharp } = await import('sharp');
  const small = await sharp(picture).png({ palette: true, colours: COLOURS, effort: 10 }).toBuffer();
  if (small.length > LARGEST)
    throw new SetupError(`${path} would have ${small.length} bytes: at most ${LARGEST}`);
  writeFileSync(path, small);
  say(`saved ${relative(process.cwd(), path)} (${Math.round(small.length / 1000)} kB)`);
}
