import { helperThreads } from './helper-threads.ts';

/**
 * Flags of Node for the language server. The space for new objects is small, in MB: programs come and go with each edit, and are
 * given back sooner so.
 */
export const serverFlags = (): string[] => [
  '--max-old-space-size=1024',
  '--max-semi-space-size=4',
  helperThreads(),
];
