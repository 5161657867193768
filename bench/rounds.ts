/** Interleaved repeats: in every round each system runs once, in an order that turns from round to round. */
import type { Calibration } from './calibrate.ts';
import type { Options } from './options.ts';
import type { Reading, RepeatRequest } from './protocol.ts';
import { runRepeat } from './run-repeat.ts';
import { isPython } from './systems/registry.ts';
import type { Workload } from './workloads.ts';

/** What one system gave in all rounds. */
export interface SystemResult {
  readonly system: string;
  readonly readings: Reading[];
  /** Share of the ideal of the same round, 1 for all of it; where the workload has an ideal. */
  readonly efficiency: number[];
  /** The same against bare processes side by side. */
  readonly sideBySide: number[];
  readonly errors: string[];
}

/** Time that one measured call may take by the pilot's forecast, in ms. */
const BUDGET = { full: 10_000, quick: 2000 };
/** A repeat that takes longer is ended, in ms. */
const LIMIT = { full: 90_000, quick: 30_000 };

export async function runRounds(
  workload: Workload,
  options: Options,
  calibration: Calibration,
  progress: (text: string) => void,
): Promise<SystemResult[]> {
  const chosen = workload.systems.filter(
    (name) => options.systems.includes(name) && (!isPython(name) || calibration.python !== null),
  );
  const results = chosen.map(
    (system): SystemResult => ({ system, readings: [], efficiency: [], sideBySide: [], errors: [] }),
  );
  const size = options.quick ? 'quick' : 'full';
  for (let round = 0; round < options.repeats; round += 1) {
    const ideals = workload.ideal ? await runIdeals() : {};
    for (let i = 0; i < results.length; i += 1) {
      const result = results[(i + round) % results.length] as SystemResult;
      progress(`${workload.name}  round ${round + 1}/${options.repeats}  ${result.system}`);
      const answer = await runRepeat(requestFor(result.system, workload.measure), LIMIT[size]);
      if ('error' in answer) {
        result.errors.push(answer.error);
        continue;
      }
      result.readings.push(answer.reading);
      const ideal = ideals[isPython(result.system) ? 'python-pool' : 'manycore'];
      if (!ideal) continue;
      result.efficiency.push(ideal.value / answer.reading.value);
      result.sideBySide.push((ideal.extra['sideBySide'] ?? Number.NaN) / answer.reading.value);
    }
  }
  return results;

  /** The ideal in each language that takes part, in this round. */
  async function runIdeals(): Promise<Record<string, Reading>> {
    const ideals: Record<string, Reading> = {};
    for (const system of ['manycore', 'python-pool']) {
      if (!chosen.some((name) => isPython(name) === isPython(system))) continue;
      progress(`${workload.name}  ideal, ${isPython(system) ? 'Python' : 'Node'}`);
      const answer = await runRepeat(requestFor(system, 'ideal'), LIMIT[size]);
      if ('error' in answer) throw new Error(`the ideal could not be measured: ${answer.error}`);
      ideals[system] = answer.reading;
    }
    return ideals;
  }

  function requestFor(system: string, measure: RepeatRequest['measure']): RepeatRequest {
    const perMs = (isPython(system) ? calibration.python : calibration.node) ?? Number.NaN;
    return {
      measure,
      system,
      workers: options.workers,
      task: workload.task,
      items: workload.items,
      count: options.quick ? workload.quick : workload.count,
      iterations: (workload.durations ?? []).map((ms) => Math.max(1, Math.round(ms * perMs))),
      budget: BUDGET[size],
    };
  }
}
