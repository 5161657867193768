import assert from 'node:assert/strict';
import { after, describe, it } from 'mocha';
import { type OutputEvent, Pool, type TaskEvent, type WorkerEvent } from '../../../runtime/index.ts';
import { MAX_LINE, OutputLines, textLines } from '../../../runtime/watch/output-lines.ts';
import { mark } from '../../../runtime/watch/output-mark.ts';
import * as tasks from '../../fixtures/runtime/tasks.ts';
import { eventually, livingWorkers } from '../processes.ts';

describe('watching a pool', () => {
  after(() => assert.deepEqual(livingWorkers(), []));

  it('tells every line with worker, item and stream, also what was printed just before the end', async () => {
    await using pool = new Pool(1);
    const output: OutputEvent[] = [];
    pool.on('output', (event) => output.push(event));
    await assert.rejects(pool.map(tasks.printAndExit, [1, 2, 3]));
    const lines = output
      .filter(({ line }) => line.length < 100)
      .map((e) => `${e.stream} ${e.itemIndex} ${e.line}`);
    for (const line of ['stdout 0 line 1', 'stderr 0 warn 1', 'stderr 2 warn 3', 'stdout 2 last words'])
      assert.ok(lines.includes(line), `${line} in ${lines.join('; ')}`);
    const long = output
      .filter(({ line }) => /^x+$/.test(line))
      .reduce((sum, { line }) => sum + line.length, 0);
    assert.equal(long, 200_000);
    assert.ok(output.every(({ workerId, pid }) => workerId === 0 && pid > 0));
  });

  it('hears what is written below console', async () => {
    await using pool = new Pool(1);
    const lines: string[] = [];
    pool.on('output', ({ line }) => lines.push(line));
    await pool.apply(tasks.rawPrint);
    pool.close();
    await pool.join();
    assert.deepEqual(lines, ['raw']);
  });

  it('tells all lines of a worker before its end, while a process that it left behind still has its output', async () => {
    await using pool = new Pool(1);
    const lines: string[] = [];
    let before: readonly string[] = [];
    pool.on('output', ({ line }) => lines.push(line));
    const ended = new Promise<void>((resolve) => {
      pool.on('worker', ({ type }) => {
        if (type !== 'end') return;
        before = [...lines];
        resolve();
      });
    });
    await assert.rejects(pool.apply(tasks.leaveProcess, [3]));
    await ended;
    process.kill(Number(lines[0]));
    assert.deepEqual(before, [lines[0], 'no end']);
  });

  it('reads what is there when it waits no longer, also where this process was blocked until then', async () => {
    await using pool = new Pool(1);
    const lines: string[] = [];
    pool.on('output', ({ line }) => lines.push(line));
    const ended = new Promise((resolve) => pool.on('worker', ({ type }) => type === 'end' && resolve(type)));
    const failed = assert.rejects(pool.apply(tasks.leaveProcess, [1]));
    assert.ok(await eventually(() => lines.length > 0));
    assert.ok(await eventually(() => livingWorkers().length === 0));
    // It has ended: this process learns of it in its next turn. Timers come first in the turn after the one that is blocked.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setImmediate(resolve));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
    await Promise.all([failed, ended]);
    process.kill(Number(lines[0]));
    assert.deepEqual(lines.slice(1), ['no endlate']);
  });

  it('tells each task once, with its times', async () => {
    await using pool = new Pool(2);
    const events: TaskEvent[] = [];
    pool.on('task', (event) => events.push(event));
    await pool.map(tasks.slow, [5, 1, 1, 1]);
    assert.deepEqual(events.map(({ itemIndex }) => itemIndex).sort(), [0, 1, 2, 3]);
    const first = events.find(({ itemIndex }) => itemIndex === 0);
    assert.ok(first?.ok && first.end - first.begin >= 4 && first.queueWait >= 0);
    assert.ok(Math.abs(first.begin - Date.now()) < 60_000);
  });

  it('tells the start and the end of workers, and what they use', async () => {
    const pool = new Pool(1);
    const events: WorkerEvent[] = [];
    pool.on('worker', (event) => events.push(event));
    await pool.apply(tasks.slow, [1300]);
    pool.close();
    await pool.join();
    assert.equal(events[0]?.type, 'start');
    assert.deepEqual(events.at(-1)?.type === 'end' && (events.at(-1) as { exitCode: number }).exitCode, 0);
    const sample = events.find((event) => event.type === 'sample');
    assert.ok(sample?.type === 'sample' && sample.rss > 10_000_000);
  });

  it('tells the progress to the last task', async () => {
    await using pool = new Pool(1);
    const seen: { done: number; failed: number; total: number | undefined }[] = [];
    pool.on('progress', (event) => seen.push(event));
    await pool.map(tasks.failOn7, [1, 7, 9]).catch(() => {});
    assert.deepEqual(seen.at(-1), { done: 3, failed: 1, total: 3 });
  });

  it('cannot be failed by a listener', async () => {
    await using pool = new Pool(1);
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    pool.once('task', () => {
      throw new Error('listener');
    });
    assert.deepEqual(await pool.map(tasks.square, [1, 2]), [1, 4]);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    assert.equal(warnings.length, 1);
  });
});

describe('output lines', () => {
  it('gives the same lines however the bytes are cut', () => {
    const text = `${mark('t', 1)}one\ntw${mark('t', 2)}o\nthr€e\r\n\u001b]mc;x;5\u0007${mark('t', undefined)}four`;
    const bytes = Buffer.from(text);
    const read = (step: number) => {
      const lines: [string, number | undefined][] = [];
      const passed: string[] = [];
      const cutter = new OutputLines(
        't',
        (batch) => {
          const texts = textLines(batch);
          assert.equal(texts.length, batch.count);
          for (const line of texts) lines.push([line, batch.item]);
        },
        (part) => passed.push(part.toString()),
      );
      for (let at = 0; at < bytes.length; at += step) cutter.push(bytes.subarray(at, at + step));
      cutter.end();
      return { lines, passed: passed.join('') };
    };
    for (let step = 1; step <= bytes.length; step++)
      assert.deepEqual(read(step), {
        lines: [
          ['one', 1],
          ['two', 1],
          ['thr€e', 2],
          ['\u001b]mc;x;5\u0007four', 2],
        ],
        passed: 'one\ntwo\nthr€e\r\n\u001b]mc;x;5\u0007four',
      });
  });

  it('gives a line whose end does not come in parts of whole characters, and keeps no more than one of them', () => {
    const line = `${'x'.repeat(MAX_LINE - 1)}€𝄞${'y'.repeat(3 * MAX_LINE)}`;
    const bytes = Buffer.from(`${line}\nnext\n`);
    for (const step of [1_000, bytes.length - 6]) {
      let kept = 0;
      const parts: string[] = [];
      const cutter = new OutputLines(
        't',
        (batch) => {
          kept -= batch.bytes.length - batch.count;
          parts.push(...textLines(batch));
        },
        (part) => {
          kept += part.length;
        },
      );
      for (let at = 0; at < bytes.length; at += step) {
        cutter.push(bytes.subarray(at, at + step));
        assert.ok(kept <= MAX_LINE, `${kept} bytes are kept`);
      }
      assert.equal(parts.at(-1), 'next');
      assert.equal(parts.slice(0, -1).join(''), line);
      assert.equal(parts[1]?.slice(0, 3), '€𝄞');
    }
  });

  it('keeps bytes that are no text', () => {
    const bytes = Buffer.from([0xff, 0xe2, 0x0a, 0xc3, 0x28, 0x0a, 0xf0]);
    const given: Buffer[] = [];
    const cutter = new OutputLines(
      't',
      (batch) => given.push(batch.bytes),
      () => {},
    );
    for (const byte of bytes) cutter.push(Buffer.of(byte));
    cutter.end();
    assert.deepEqual(Buffer.concat(given), Buffer.from([...bytes, 0x0a]));
  });
});
