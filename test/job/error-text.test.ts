import assert from 'node:assert/strict';
import { describeError, firstUserFrame } from '../../src/job/error-text.ts';

describe('describeError', () => {
  it('keeps name, message, code and causes', () => {
    const cause = Object.assign(new RangeError('below'), { code: 'E_LOW' });
    const record = describeError(new TypeError('above', { cause }));
    assert.equal(record.name, 'TypeError');
    assert.equal(record.message, 'above');
    assert.equal(record.cause?.code, 'E_LOW');
  });

  for (const thrown of ['text', 7, null, undefined, { some: 'object' }]) {
    it(`says what was thrown instead of an error: ${JSON.stringify(thrown)}`, () => {
      const record = describeError(thrown);
      assert.equal(record.name, 'Thrown');
      assert.match(
        record.message,
        new RegExp(String(typeof thrown === 'object' ? JSON.stringify(thrown) : thrown)),
      );
    });
  }

  it('bounds a chain of causes that never ends', () => {
    const error = new Error('round');
    error.cause = error;
    assert.ok(JSON.stringify(describeError(error)).length < 200_000);
  });

  it('bounds a message that quotes its input', () => {
    assert.ok(describeError(new Error('x'.repeat(1_000_000))).message.length < 20_000);
  });
});

describe('firstUserFrame', () => {
  const stack = (...frames: string[]) => ['Error: x', ...frames.map((frame) => `    at ${frame}`)].join('\n');

  it('skips Node, Manycore and, if there is another, dependencies', () => {
    const place = firstUserFrame(
      stack(
        'node:internal/process/task_queues:95:5',
        'parse (/app/node_modules/lib/index.js:1:2)',
        'async score (file:///app/my%20src/score.ts:12:9)',
        'runTask (/x/src/job/task.ts:1:1)',
      ),
    );
    assert.deepEqual(place, { file: '/app/my src/score.ts', line: 12, column: 9 });
  });

  it('names a dependency when nothing else is on the stack', () => {
    const place = firstUserFrame(stack('parse (/app/node_modules/lib/index.js:1:2)'));
    assert.equal(place?.file, '/app/node_modules/lib/index.js');
  });

  it('does not take a user file for one of Manycore because of its name', () => {
    assert.equal(firstUserFrame(stack('/app/src/task.ts:3:1'))?.line, 3);
  });
});
