import assert from 'node:assert/strict';
import type { OutputLine, ResultRow, RunEvent } from '../../src/protocol/run.ts';
import {
  applyEvent,
  emptyModel,
  isRunning,
  MAX_LINES,
  MAX_ROWS,
  type RunModel,
} from '../../src/report/model.ts';
import { summarise } from '../../src/report/summary.ts';
import { runFacts } from './facts.ts';

const line = (time: number): OutputLine => ({
  worker: 1,
  item: null,
  stream: 'stdout',
  text: `line ${time}`,
  time,
});
const row = (index: number, ok = true, ms = 1): ResultRow => ({
  index,
  ok,
  input: '',
  value: '',
  error: null,
  ms,
  worker: 1,
});
const failure = { code: 'ERR_MANYCORE_DATASET', message: 'No such file: a.json' };
const play = (events: readonly RunEvent[], from: RunModel = emptyModel()): RunModel =>
  events.reduce(applyEvent, from);

describe('run model', () => {
  it('follows a run from its first phase to its summary', () => {
    const begun = play([{ type: 'phase', phase: 'preparing', time: 1 }]);
    assert.equal(begun.state, 'preparing');
    assert.ok(isRunning(begun));
    const summary = summarise(runFacts());
    const done = play(
      [
        { type: 'phase', phase: 'running', time: 2 },
        { type: 'finished', summary, exitCode: 0 },
      ],
      begun,
    );
    assert.equal(done.state, 'finished');
    assert.equal(done.summary, summary);
    assert.ok(!isRunning(done));
  });

  it('tells a stopped run and one that could not begin from one that is done', () => {
    const summary = { ...summarise(runFacts()), interrupted: true };
    assert.equal(play([{ type: 'finished', summary, exitCode: 130 }]).state, 'interrupted');
    assert.equal(play([{ type: 'failed', failure, exitCode: 2 }]).state, 'failed');
  });

  it('forgets the last run when the next one begins', () => {
    const last = play([
      { type: 'output', lines: [line(1)], dropped: 2 },
      { type: 'failed', failure, exitCode: 2 },
    ]);
    const next = play([{ type: 'phase', phase: 'preparing', time: 3 }], last);
    assert.deepEqual(next, { ...emptyModel(), state: 'preparing', phase: { time: 3, note: null } });
    assert.equal(play([{ type: 'failed', failure, exitCode: 2 }], last).output.lines.length, 0);
  });

  it('leaves the model that it was given as it was', () => {
    const model = play([{ type: 'output', lines: [line(1)], dropped: 0 }]);
    const before = structuredClone(model);
    play(
      [
        { type: 'output', lines: [line(2)], dropped: 0 },
        { type: 'results', rows: [row(1)], dropped: 0 },
      ],
      model,
    );
    assert.deepEqual(model, before);
  });

  it('keeps the newest lines and counts the others', () => {
    const lines = Array.from({ length: MAX_LINES + 10 }, (_, time) => line(time));
    const { output } = play([{ type: 'output', lines, dropped: 5 }]);
    assert.equal(output.lines.length, MAX_LINES);
    assert.equal(output.lines.at(-1)?.time, MAX_LINES + 9);
    assert.equal(output.dropped, 15);
  });

  it('keeps failed rows first, then the slowest, and counts the others', () => {
    const rows = Array.from({ length: MAX_ROWS * 2 }, (_, index) => row(index));
    const late = [row(900_000, false), row(900_001, true, 5_000)];
    const { results } = play([
      { type: 'results', rows, dropped: 0 },
      { type: 'results', rows: late, dropped: 1 },
    ]);
    assert.equal(results.rows.length, MAX_ROWS);
    assert.equal(results.rows[0]?.index, 900_000);
    assert.equal(results.rows[1]?.index, 900_001);
    assert.ok(
      results.rows.some((each) => each.index === 0),
      'of the others, the first ones stay',
    );
    assert.equal(results.dropped, MAX_ROWS + 2 + 1);
  });
});
