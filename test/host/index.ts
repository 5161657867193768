import type Mocha from 'mocha';

/** Called by VS Code in its extension host; rejects when a test fails. */
export async function run(): Promise<void> {
  const { default: Runner } = await import('mocha');
  const mocha = new Runner({
    ui: 'bdd',
    timeout: 40_000,
    color: false,
    forbidOnly: true,
    reporter: process.env['MANYCORE_TEST_REPORTER'] ?? 'spec',
  });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await import('./activation.host.ts');
  await import('./lenses.host.ts');
  await import('./run.host.ts');
  await import('./stop.host.ts');
  await import('./debug.host.ts');
  await import('./jobs.host.ts');
  await import('./runs.host.ts');
  await import('./diagnostics.host.ts');
  await import('./language-model.host.ts');
  await import('./snippets.host.ts');
  const failures = await new Promise<number>((resolve) => runAll(mocha, resolve));
  if (failures > 0) throw new Error(`${failures} tests failed inside VS Code`);
}

function runAll(mocha: Mocha, done: (failures: number) => void): void {
  mocha.run(done);
}
