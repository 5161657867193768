/** Every system there is, what it is, and how its pool is opened. */
import { openFork, openForkChunked, openThreads } from './by-hand.ts';
import { openJestWorker } from './jest-worker.ts';
import { openManycore, openManycoreWatched } from './manycore.ts';
import { openPiscina, openPiscinaChunked } from './piscina.ts';
import { openPoolifier } from './poolifier.ts';
import type { Open } from './system.ts';
import { openTinypool } from './tinypool.ts';
import { openWorkerpoolProcess, openWorkerpoolThread } from './workerpool.ts';

export interface System {
  /** What its workers are. */
  readonly workers: 'processes' | 'threads';
  /** A library's own API; hand-written code around one, or around Node alone; ourselves. */
  readonly by: 'own' | 'library' | 'hand';
  /** It has queues, pipes, locks and arrays to compare with ours, and is no pool. */
  readonly objects?: true;
  /** Package whose version is recorded. */
  readonly package?: string;
  /** Opens it in Node; absent for Python's, which `python/repeat.py` opens. */
  readonly open?: Open;
}

export const systems = {
  manycore: { workers: 'processes', by: 'own', package: 'manycore', open: openManycore },
  'manycore-watched': { workers: 'processes', by: 'own', open: openManycoreWatched },
  piscina: { workers: 'threads', by: 'library', package: 'piscina', open: openPiscina },
  'piscina-chunked': { workers: 'threads', by: 'hand', open: openPiscinaChunked },
  tinypool: { workers: 'threads', by: 'library', package: 'tinypool', open: openTinypool },
  'workerpool-process': {
    workers: 'processes',
    by: 'library',
    package: 'workerpool',
    open: openWorkerpoolProcess,
  },
  'workerpool-thread': { workers: 'threads', by: 'library', open: openWorkerpoolThread },
  poolifier: { workers: 'threads', by: 'library', package: 'poolifier', open: openPoolifier },
  'jest-worker': { workers: 'processes', by: 'library', package: 'jest-worker', open: openJestWorker },
  fork: { workers: 'processes', by: 'hand', open: openFork },
  'fork-chunked': { workers: 'processes', by: 'hand', open: openForkChunked },
  'worker-threads': { workers: 'threads', by: 'hand', open: openThreads },
  'python-pool': { workers: 'processes', by: 'library' },
  'python-executor': { workers: 'processes', by: 'library' },
  'python-objects': { workers: 'processes', by: 'library', objects: true },
} as const satisfies Record<string, System>;

export type SystemName = keyof typeof systems;

export const systemNames = Object.keys(systems) as SystemName[];

export const systemOf = (name: SystemName): System => systems[name];

export const isPython = (name: string): boolean => name.startsWith('python-');

/** Names of the pools of others for which `test` holds. */
export const peers = (test: (system: System, name: SystemName) => boolean = () => true): SystemName[] =>
  systemNames.filter((name) => {
    const system = systemOf(name);
    return system.by !== 'own' && !system.objects && test(system, name);
  });
