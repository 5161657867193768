/** A CPU profile of this worker, from before the user's module is imported until the process ends. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Profiler, Session } from 'node:inspector';
import { findSourceMap, type SourceMap } from 'node:module';
import { join } from 'node:path';
import { childState } from '../../runtime/process/child-state.ts';

/** Time in ms after which a profile is written and nothing more is sampled: it is held in memory until then. */
const LONGEST = 10 * 60_000;

/** Begins; the profile is written to `folder` as `worker-N.cpuprofile`. */
export async function startProfile(folder: string): Promise<void> {
  const { Session } = await import('node:inspector');
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.start');
  const name = `${childState()?.name ?? `process-${process.pid}`}.cpuprofile`.toLowerCase();
  const end = (): void => write(session, folder, name);
  process.once('exit', end);
  setTimeout(() => {
    process.off('exit', end);
    end();
    console.error(`The CPU profile covers the first ${LONGEST / 60_000} minutes of this worker.`);
  }, LONGEST).unref();
}

/** Without a promise: it is called while the process ends. */
function write(session: Session, folder: string, name: string): void {
  session.post('Profiler.stop', (failure, result) => {
    if (failure !== null || result === undefined) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), JSON.stringify(inSources(result.profile)));
  });
  session.disconnect();
}

/** The profile in files, lines and columns of the sources that a bundle was made from. */
export function inSources(profile: Profiler.Profile): Profiler.Profile {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (url: string): SourceMap | undefined => {
    if (!maps.has(url)) maps.set(url, url.startsWith('file:') ? findSourceMap(url) : undefined);
    return maps.get(url);
  };
  const nodes = profile.nodes.map((node) => {
    const map = mapOf(node.callFrame.url);
    return map === undefined ? node : inSource(node, map);
  });
  return { ...profile, nodes };
}

function inSource(node: Profiler.ProfileNode, map: SourceMap): Profiler.ProfileNode {
  const { lineNumber, columnNumber } = node.callFrame;
  const place = map.findEntry(lineNumber, columnNumber);
  if (!('originalSource' in place)) return node;
  const { originalSource: url, originalLine, originalColumn } = place;
  const callFrame = { ...node.callFrame, url, lineNumber: originalLine, columnNumber: originalColumn };
  const { positionTicks } = node;
  if (positionTicks === undefined) return { ...node, callFrame };
  const byLine = new Map<number, number>();
  for (const { line, ticks } of positionTicks) {
    // Ticks have lines from 1 and no columns: the last place of a line is one of that line.
    const at = map.findEntry(line - 1, Number.MAX_SAFE_INTEGER);
    if (!('originalSource' in at) || at.originalSource !== url) continue;
    byLine.set(at.originalLine + 1, (byLine.get(at.originalLine + 1) ?? 0) + ticks);
  }
  return { ...node, callFrame, positionTicks: [...byLine].map(([line, ticks]) => ({ line, ticks })) };
}
