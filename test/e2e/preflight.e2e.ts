import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { Workbench } from './workbench.ts';

const WORKSPACE = join(import.meta.dirname, '../fixtures/host');

/** Runs a function whose module starts a pool wherever it is imported, until VS Code asks whether to. */
async function runUnguarded(workbench: Workbench): Promise<Locator> {
  await workbench.openFile('src/unguarded.ts');
  await workbench.lens('Run in parallel').click();
  await workbench.answer('range:0:4');
  const dialog = workbench.dialog();
  await dialog.waitFor();
  return dialog;
}

describe('a run of a function that would fail in worker processes', () => {
  it('is asked about first, and *Show* goes to the place instead', async () => {
    await using workbench = await Workbench.open({ workspace: WORKSPACE });
    const dialog = await runUnguarded(workbench);
    const text = await dialog.innerText();
    assert.match(text, /src\/unguarded\.ts#double would fail in worker processes: 1 problem found\./);
    assert.match(text, /src\/unguarded\.ts:5: /);
    await dialog.getByRole('button', { name: 'Show', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await workbench.page.locator('.statusbar', { hasText: 'Ln 5, Col 14' }).waitFor();
    assert.equal(existsSync(join(workbench.folder, '.manycore')), false);
  });

  it('goes on after *Run Anyway*, and not after *Cancel*', async () => {
    await using workbench = await Workbench.open({ workspace: WORKSPACE });
    const first = await runUnguarded(workbench);
    await first.getByRole('button', { name: 'Cancel', exact: true }).click();
    await first.waitFor({ state: 'detached' });
    assert.equal(existsSync(join(workbench.folder, '.manycore')), false);

    const second = await runUnguarded(workbench);
    await second.getByRole('button', { name: 'Run Anyway', exact: true }).click();
    // The run has begun, and ends as it was said: the module starts a pool in its own worker processes.
    await workbench.state('failed');
  });
});
