import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Collector, type WorkerTally } from '../../src/job/collector.ts';
import { EventFeed } from '../../src/job/event-feed.ts';
import { createRunFolder } from '../../src/job/run-folder.ts';
import { temporaryFolders } from './harness.ts';

describe('Collector', () => {
  const folder = temporaryFolders();
  const tally = (): WorkerTally => {
    return { id: 3, pid: 1, items: 0, failed: 0, busyMs: 0, encodingMs: 0, lines: 0, lastEnd: 0 };
  };

  function collect(count: number, alone = new Map<number, number>()) {
    const files = createRunFolder({ cwd: folder(), exportName: 'f', startedAt: 0 });
    using feed = new EventFeed(() => undefined, { progress: () => null, onTick: () => undefined });
    using collector = new Collector(files, alone, feed);
    const worker = tally();
    let journaledBeforeWritten = 0;
    for (let i = 0; i < count; i++) {
      collector.add(
        {
          index: i,
          ok: true,
          key: `key-${i}`,
          text: `{"n":${i}}`,
          begin: 1000 + i,
          ms: 2,
          encodeMs: 0.5,
          pid: 1,
        },
        i,
        worker,
      );
      if (i % 500 !== 0) continue;
      const [results, journal] = [files.results, files.journal].map(
        (file) => readFileSync(file, 'utf8').split('\n').length - 1,
      );
      if ((journal ?? 0) - 1 > (results ?? 0)) journaledBeforeWritten++;
    }
    collector.flush();
    return { files, collector, worker, journaledBeforeWritten };
  }

  it('writes rows in batches, and none to the journal before its result is on disk', () => {
    const { files, journaledBeforeWritten } = collect(20_000);
    assert.equal(journaledBeforeWritten, 0);
    assert.equal(readFileSync(files.results, 'utf8').split('\n').length, 20_001);
    assert.equal(readFileSync(files.journal, 'utf8').split('\n').length, 20_001);
    assert.equal(
      readFileSync(files.results, 'utf8').split('\n')[7],
      '{"index":7,"ok":true,"value":{"n":7},"ms":2,"worker":3}',
    );
  });

  it('sums what a worker did, and the same items alone and in the run', () => {
    const { worker, collector } = collect(
      10,
      new Map([
        [2, 1.5],
        [99, 1],
      ]),
    );
    assert.deepEqual([worker.items, worker.busyMs, worker.encodingMs, worker.lastEnd], [10, 20, 5, 1011]);
    assert.deepEqual(collector.matched, { alone: 1.5, parallel: 2 });
  });
});
