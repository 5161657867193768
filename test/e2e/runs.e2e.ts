import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { Workbench } from './workbench.ts';

const WORKSPACE = join(import.meta.dirname, '../fixtures/host');
const COMMAND = join(import.meta.dirname, '../../runtime/dist/cli.js');

describe('the view of runs in VS Code', () => {
  it('shows what the command ran: opens, verifies, compares and deletes it', async () => {
    await using workbench = await Workbench.open({ workspace: WORKSPACE });
    const { page } = workbench;
    const row = (text: string | RegExp): Locator =>
      page.locator('.sidebar .monaco-list-row', { hasText: text });
    const runs = (): string[] => readdirSync(join(workbench.folder, '.manycore', 'runs'));
    const run = (target: string, data: string): void => {
      const args = ['run', target, '--data', data, '--workers', '2', '--baseline', 'off'];
      // 1: some items failed.
      const { status } = spawnSync(process.execPath, [COMMAND, ...args], { cwd: workbench.folder });
      assert.ok(status === 0 || status === 1, `exit code ${status}`);
    };

    await page.locator('.activitybar').getByRole('tab', { name: 'Manycore' }).click();
    await page.locator('.sidebar .welcome-view-content', { hasText: 'No runs yet' }).waitFor();
    run('src/distances.ts#distance', 'data/cities.csv');
    await row(/distance.* on \d/).waitFor();
    run('src/words.cjs', 'data/words.jsonl');
    await row(/length.* 2 failed/).waitFor();

    // The older one, from disk.
    await row('distance').click();
    await workbench.shown('function-name').filter({ hasText: 'distance' }).waitFor();
    assert.equal(await workbench.value('succeeded-count'), '24');
    await workbench.shown('tab-verification').click();
    await workbench.shown('verify-all-button').click();
    const verified = workbench.panel().locator('[data-testid="verification"][data-tone="good"]');
    await verified.filter({ hasText: 'All 24 items run again in one process gave the same' }).waitFor();

    await row('length').click({ modifiers: ['ControlOrMeta'] });
    await row('length').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Compare Runs...' }).waitFor();
    // A menu takes no click in its first moments; it is the first entry.
    for (const key of ['ArrowDown', 'Enter']) await page.keyboard.press(key);
    await page.locator('.tab.active', { hasText: 'Runs Compared' }).waitFor();

    await row('length').click();
    await page.keyboard.press('Delete');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('permanently delete the run of length').waitFor();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await row('length').waitFor({ state: 'detached' });
    assert.equal(runs().length, 1);

    // One that lies elsewhere is not listed, and can be opened all the same.
    const elsewhere = join(workbench.folder, 'kept');
    renameSync(join(workbench.folder, '.manycore', 'runs', runs()[0] ?? ''), elsewhere);
    await row('distance').waitFor({ state: 'detached' });
    // With the comparison gone, the panel is the only webview.
    await workbench.command('View: Close All Editors');
    await workbench.command('Manycore: Open Run');
    const input = page.locator('.quick-input-widget input').first();
    await input.fill(elsewhere);
    await page.locator('.quick-input-widget').getByRole('button', { name: 'Open Run' }).click();
    await workbench.shown('function-name').filter({ hasText: 'distance' }).waitFor();
    assert.equal(await workbench.value('succeeded-count'), '24');
  }).timeout(300_000);
});
