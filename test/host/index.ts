import { runSuite } from './run-suite.ts';

/** Called by VS Code in its extension host; rejects when a test fails. */
export function run(): Promise<void> {
  return runSuite(async () => {
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
  });
}
