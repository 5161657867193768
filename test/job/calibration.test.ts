import assert from 'node:assert/strict';
import { chooseChunk, chooseWorkers } from '../../src/job/calibration.ts';
import { message } from '../../src/report/l10n.ts';

describe('calibration', () => {
  const config = { function: 'f', data: 'd', cwd: '/' };

  it('takes as many workers as asked for, but never more than there are items', () => {
    assert.equal(chooseWorkers({ ...config, workers: 8 }, null).count, 8);
    assert.equal(chooseWorkers({ ...config, workers: 8 }, 100).count, 8);
    assert.deepEqual(chooseWorkers({ ...config, workers: 8 }, 3).count, 3);
    assert.equal(
      chooseWorkers({ ...config, workers: 8 }, 1).reason,
      'there is only 1 item; otherwise 8: as asked for with --workers 8',
    );
    assert.equal(chooseWorkers({ ...config, workers: 8 }, 0).count, 0);
  });

  it('leaves it to the pool how many items are sent together, and says how long they take', () => {
    assert.deepEqual(chooseChunk('auto', 5), {
      size: 'auto',
      note: message('about {0} an item, sent in chunks that adapt', '5.00 ms'),
    });
    assert.deepEqual(chooseChunk(undefined, null), {
      size: 'auto',
      note: message('sent in chunks that adapt'),
    });
  });

  it('does what it is told', () => {
    assert.equal(chooseChunk(7, 5).size, 7);
  });
});
