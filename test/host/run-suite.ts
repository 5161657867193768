import type Mocha from 'mocha';

/** Runs the tests that `load` imports; rejects when one fails. */
export async function runSuite(load: () => Promise<void>): Promise<void> {
  const { default: Runner } = await import('mocha');
  const mocha = new Runner({
    ui: 'bdd',
    timeout: 40_000,
    color: false,
    forbidOnly: true,
    reporter: process.env['MANYCORE_TEST_REPORTER'] ?? 'spec',
  });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await load();
  const failures = await new Promise<number>((resolve) => runAll(mocha, resolve));
  if (failures > 0) throw new Error(`${failures} tests failed inside VS Code`);
}

function runAll(mocha: Mocha, done: (failures: number) => void): void {
  mocha.run(done);
}
