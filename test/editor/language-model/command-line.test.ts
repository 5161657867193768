import assert from 'node:assert/strict';
import { commandLine } from '../../../src/editor/language-model/command-line.ts';

describe('the command that a language model wants run', () => {
  it('is what the command line would be told, with every option', () => {
    const run = { function: 'src/score.ts#score', data: 'glob:photos/**/*.jpg' };
    assert.equal(
      commandLine({ ...run, workers: 2, limit: 10, onError: 'stop', spread: true, typed: false }),
      "manycore run src/score.ts#score --data 'glob:photos/**/*.jpg' --workers 2 --limit 10 --on-error stop --spread",
    );
  });

  it('hides nothing behind quotes, spaces or line ends', () => {
    const run = { function: "it's.ts#f", data: 'a b\n.json', args: ['$(x)', { deep: "'" }] };
    assert.equal(
      commandLine(run),
      `manycore run 'it'\\''s.ts#f' --data 'a b\n.json' --args '["$(x)",{"deep":"'\\''"}]'`,
    );
  });
});
