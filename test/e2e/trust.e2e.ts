import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { trustSettings } from '../../scripts/vscode.mjs';
import { Workbench } from './workbench.ts';

const WORKSPACE = join(import.meta.dirname, '../fixtures/host');
describe('a lens in a workspace that is not trusted', () => {
  it('tells why it runs nothing, leads to where trust is granted, and runs from then on', async () => {
    await using workbench = await Workbench.open({ workspace: WORKSPACE, settings: trustSettings });
    const { page, folder } = workbench;
    await workbench.openFile('src/distances.ts');
    await workbench.lens('Run in parallel').click();
    await workbench.command('Notifications: Show Notifications');
    const told = page.locator('.notifications-center .notification-list-item', {
      hasText: 'Manycore does not run code of a workspace that is not trusted',
    });
    await told.getByRole('button', { name: 'Manage Workspace Trust' }).click();
    assert.equal(existsSync(join(folder, '.manycore')), false);

    const editor = page.locator('.workspace-trust-editor');
    await editor.getByRole('button', { name: 'Trust', exact: true }).click();
    await page
      .locator('.monaco-modal-editor-block')
      .getByRole('button', { name: /^Close/ })
      .click();
    await workbench.lens('Run in parallel').click();
    await workbench.pick('cities.csv');
    await workbench.state('finished');
  });
});
