import { runSuite } from './run-suite.ts';

/** The same in a window whose workspace is not trusted until a test asks for it. */
export function run(): Promise<void> {
  return runSuite(async () => {
    await import('./trust.host.ts');
  });
}
