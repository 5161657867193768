import assert from 'node:assert/strict';
import { type AnalyzeAnswer, MAX_TOOL_TEXT, type RunAnswer } from '../../src/protocol/tools.ts';
import { summarise } from '../../src/report/summary.ts';
import { analyzeText, runText } from '../../src/report/tool-text.ts';
import { runFacts } from './facts.ts';

const finding = {
  ...{ file: 'a.ts', line: 1, column: 1, rule: 'tiny-tasks', category: 'performance', docs: 'https://x' },
  ...{ severity: 'hint' as const, message: 'm'.repeat(300) },
};
/** A text that JSON writes six times as long. */
const control = '\u0001'.repeat(5000);
const row = {
  ...{ index: 3, ok: false, input: control, value: '', ms: 1, worker: 1 },
  error: { name: 'Error', message: control, at: { file: 'a.ts', line: 1, column: 2 } },
};

describe('what a language model is told', () => {
  it('has all findings where there is room, and counts the others', () => {
    const few: AnalyzeAnswer = JSON.parse(analyzeText({ diagnostics: [finding, finding], notes: ['n'] }));
    assert.deepEqual(few, { version: 1, diagnostics: [finding, finding], notes: ['n'] });
    const text = analyzeText({ diagnostics: Array.from({ length: 500 }, () => finding), notes: [] });
    assert.ok(text.length <= MAX_TOOL_TEXT && text.length > MAX_TOOL_TEXT / 2);
    const many: AnalyzeAnswer = JSON.parse(text);
    assert.equal(many.diagnostics.length + (many.leftOut ?? 0), 500);
  });

  it('has the essence of a run, with numbers of three digits', () => {
    const summary = summarise(runFacts({ failed: 1, succeeded: 17, firstErrors: [{ ...row, input: '7' }] }));
    const text = runText({ exitCode: 1, summary, failure: null, runDir: 'run' });
    const answer: RunAnswer = JSON.parse(text);
    assert.equal(answer.runDir, 'run');
    assert.deepEqual([answer.summary?.items, answer.summary?.failed, answer.summary?.workers], [18, 1, 2]);
    assert.equal(answer.summary?.speedup, 1.8);
    assert.equal(answer.summary.firstErrors[0]?.at, 'a.ts:1:2');
    assert.equal('perWorker' in answer.summary, false);
  });

  it('stays within its limit whatever the items are', () => {
    const summary = summarise(
      runFacts({ function: control, firstErrors: Array.from({ length: 9 }, () => row) }),
    );
    const text = runText({ exitCode: 1, summary, failure: null, runDir: null });
    assert.ok(text.length <= MAX_TOOL_TEXT);
    assert.ok((JSON.parse(text) as RunAnswer).summary !== undefined);
  });
});
