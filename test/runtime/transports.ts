/** The ways between a pool and its workers, for tests that have to hold whichever carries the frames. */
import { after, before, describe } from 'mocha';
import { leavesNothing } from './leftovers.ts';

const VARIABLE = 'MANYCORE_TRANSPORT';
export const transports = ['shared', 'socket'] as const;

/** A suite for every transport; each of its tests has to leave nothing behind. */
export function overTransports(title: string, tests: () => void): void {
  for (const transport of transports)
    describe(`${title} (transport: ${transport})`, () => {
      let outer: string | undefined;
      before(() => {
        outer = process.env[VARIABLE];
        process.env[VARIABLE] = transport;
      });
      after(() => {
        if (outer === undefined) delete process.env[VARIABLE];
        else process.env[VARIABLE] = outer;
      });
      leavesNothing();
      tests();
    });
}
