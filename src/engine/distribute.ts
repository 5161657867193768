import type { Distribution, DistributionOptions } from '../job/distribution.ts';
import type { ShownLines } from '../job/event-feed.ts';
import { checkAddress, shownAddress } from './address.ts';
import { announcementHead } from './announcement.ts';
import { BullEngine } from './bull-engine.ts';
import type { Announcement, NativePackage } from './engine.ts';
import { EngineRun } from './engine-run.ts';
import { bundlePortable } from './portable.ts';
import { hashOf, ownKey, signed } from './signature.ts';

/**
 * Reaches the engine at `address`, a URL such as `redis://127.0.0.1:6379`, for a run in `cwd`. Throws a `JobError` that says what
 * is missing.
 */
export async function openDistribution(
  address: string,
  cwd: string,
  warn: (line: string) => void = () => {},
): Promise<Distribution> {
  const shown = shownAddress(checkAddress(address));
  const engine = await BullEngine.open(address, cwd);
  for (const warning of engine.warnings) warn(warning);
  const hosts = await engine.hosts();
  return {
    workers: {
      count: Math.max(
        1,
        hosts.reduce((sum, host) => sum + host.workers, 0),
      ),
      reason: `${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'} of ${shown}`,
    },
    async start(options) {
      const { code, natives } = await bundlePortable(options.plan.file);
      const announcement = announcementOf(options, hashOf(code), natives);
      const announced = { ...signed(announcement, ownKey()), state: 'running' } as const;
      const { feed, logs } = options;
      const onOutput = (lines: ShownLines): void => {
        feed.output(lines);
        logs.append(lines);
      };
      return new EngineRun({ ...options, engine, announced, code, onOutput });
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

function announcementOf(
  { plan, config, title, runDir }: DistributionOptions,
  bundle: string,
  natives: readonly NativePackage[],
): Announcement {
  const { url: _, ...rest } = plan;
  return {
    ...announcementHead(),
    title,
    bundle,
    natives,
    plan: rest,
    timeout: config.timeout ?? null,
    retries: config.retries ?? 0,
    memoryLimit: config.memoryLimit ?? null,
    runDir,
  };
}
