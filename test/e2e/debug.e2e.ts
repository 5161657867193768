import { join } from 'node:path';
import { Workbench } from './workbench.ts';

const WORKSPACE = join(import.meta.dirname, '../fixtures/host');

describe('a failed item in the panel', () => {
  it('is debugged from its context menu', async () => {
    await using workbench = await Workbench.open({
      workspace: WORKSPACE,
      settings: { 'manycore.run.baseline': 'off', 'window.menuStyle': 'custom' },
    });
    const { page } = workbench;
    await workbench.openFile('src/words.cjs');
    await workbench.lens('Run in parallel').click();
    await workbench.pick('words.jsonl');
    await workbench.state('finished');
    await workbench.shown('tab-results').click();
    await workbench.shown('results-failed').click();
    await workbench.shown('results').getByText('an empty word').first().click({ button: 'right' });
    await workbench.take(page.locator('.monaco-menu .action-item', { hasText: 'Debug One Item' }));
    await page.locator('.repl .output.expression', { hasText: 'item 2 RangeError: an empty word' }).waitFor();
  });
});
