import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onAbort } from '../job/stop.ts';
import { text } from './address.ts';
import type { AnnouncedRun, Engine } from './engine.ts';
import { HostRun } from './host-run.ts';
import { installedPackage } from './package-version.ts';
import { hashOf, whyNotTrusted } from './signature.ts';
import { within } from './within.ts';

export interface HostOptions {
  readonly engine: Engine;
  readonly workers: number;
  /** Public keys; empty for anybody's. */
  readonly trust: readonly string[];
  /** Folder from which packages with native code are found. Absolute. */
  readonly cwd: string;
  readonly say: (line: string) => void;
}

/** Time in ms between two looks at what is announced, and two signs of life. */
const LOOK = 5000;
/** Time in ms for a look that is under way when the host leaves. */
const LAST_LOOK = 3000;
/** A run that is not announced any more is given up after this time in ms: a server that restarted says it again. */
const PATIENCE = 15_000;

/** Takes part in every run that is announced and trusted, until it is told to leave. */
export class Host {
  readonly name = `${hostname()}/${process.pid}`;
  readonly #options: HostOptions;
  readonly #runs = new Map<string, HostRun>();
  /** Runs that were left, as long as something of them is there. */
  readonly #leaving = new Set<Promise<void>>();
  readonly #declines = new Map<string, string>();
  /** When a run was last announced, by its id; ms since the epoch. */
  readonly #seen = new Map<string, number>();

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** Until `signal`; then what runs is given back to the other hosts. */
  async serve(signal: AbortSignal): Promise<void> {
    const { engine, say, workers } = this.#options;
    let pause = new AbortController();
    const goOn = (): void => pause.abort();
    signal.addEventListener('abort', goOn);
    using _watch = engine.watch(this.name, (run, state) => {
      if (state === 'stopped') void this.#leave(run);
      else if (state === 'over') void this.#leave(run, (each) => each.finish());
      else goOn();
    });
    const report = (): Promise<readonly AnnouncedRun[]> =>
      engine.report({
        host: this.name,
        workers,
        node: process.version,
        declines: Object.fromEntries(this.#declines),
        runs: [...this.#runs.keys()],
      });
    const look = async (): Promise<void> => {
      if (await this.#look(await report())) await report();
    };
    let looking = Promise.resolve();
    try {
      while (!signal.aborted) {
        pause = new AbortController();
        try {
          // A server that is away does not keep this host from leaving.
          using aborted = onAbort(signal);
          looking = look();
          await Promise.race([looking, aborted.promise]);
        } catch (error) {
          say(`the engine does not answer: ${text(error)}`);
        }
        await sleep(LOOK, undefined, { signal: pause.signal }).catch(() => {});
      }
    } finally {
      signal.removeEventListener('abort', goOn);
      await within(LAST_LOOK, looking);
      await Promise.all([...[...this.#runs.keys()].map((id) => this.#leave(id)), ...this.#leaving]);
    }
  }

  /** True when there is something new to say. */
  async #look(announced: readonly AnnouncedRun[]): Promise<boolean> {
    const now = Date.now();
    let isNews = false;
    for (const run of announced) {
      const { id } = run.announcement;
      if (run.state === 'stopped') await this.#leave(id);
      else {
        this.#seen.set(id, now);
        if (this.#runs.has(id) || this.#declines.has(id)) continue;
        await this.#join(run);
        isNews = true;
      }
    }
    for (const [id, time] of this.#seen) {
      if (now - time < PATIENCE) continue;
      this.#seen.delete(id);
      this.#declines.delete(id);
      await this.#leave(id, (each) => each.finish());
    }
    return isNews;
  }

  async #join(run: AnnouncedRun): Promise<void> {
    const { engine, say, cwd, workers } = this.#options;
    const { id, title } = run.announcement;
    const reason = this.#whyNot(run);
    if (reason !== null) {
      this.#declines.set(id, reason);
      say(`${title} (${id}): declined, ${reason}`);
      return;
    }
    const code = await engine.getBlob(run.announcement.bundle);
    // It is put before the run is announced: the server has lost it, and will get it again.
    if (code === null) return;
    if (hashOf(code) !== run.announcement.bundle) {
      this.#declines.set(id, 'its code is not what was announced');
      say(`${title} (${id}): declined, its code is not what was announced`);
      return;
    }
    try {
      this.#runs.set(
        id,
        await HostRun.join({ engine, host: this.name, run: run.announcement, code, cwd, workers, say }),
      );
      say(`${title} (${id}): taking part with ${workers} workers`);
    } catch (error) {
      this.#declines.set(id, text(error));
      say(`${title} (${id}): declined, ${text(error)}`);
    }
  }

  #whyNot(run: AnnouncedRun): string | null {
    const distrust = whyNotTrusted(run, this.#options.trust);
    if (distrust !== null) return distrust;
    const { nodeMajor, natives } = run.announcement;
    const major = Number(process.versions.node.split('.')[0]);
    if (nodeMajor !== major) return `it needs Node ${nodeMajor}, and this is ${process.version}`;
    const { cwd } = this.#options;
    const require = createRequire(join(cwd, 'package.json'));
    const missing = natives.flatMap((wanted) => {
      if (wanted.version === null)
        return canResolve(require, wanted.name) ? [] : [{ name: wanted.name, text: wanted.name }];
      const found = installedPackage(require, wanted.name)?.version;
      if (found === wanted.version) return [];
      const name = `${wanted.name}@${wanted.version}`;
      return [{ name, text: found === undefined ? name : `${name} (there is ${found})` }];
    });
    if (missing.length === 0) return null;
    const [texts, names] = [missing.map(({ text }) => text), missing.map(({ name }) => name)];
    return `it needs ${texts.join(', ')} installed in ${cwd}: npm install ${names.join(' ')}`;
  }

  async #leave(id: string, end = (run: HostRun): Promise<void> => run[Symbol.asyncDispose]()): Promise<void> {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    this.#runs.delete(id);
    const left = end(run);
    this.#leaving.add(left);
    await left.finally(() => this.#leaving.delete(left));
    this.#options.say(`${run.title} (${id}): left`);
  }
}

function canResolve(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch (error) {
    // A package for `import` only is there all the same.
    return (error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
}
