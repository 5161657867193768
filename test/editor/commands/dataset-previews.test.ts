import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  DatasetPreviews,
  type DatasetPreviewsOptions,
} from '../../../src/editor/commands/dataset-previews.ts';
import type { DatasetPreview } from '../../../src/protocol/preview.ts';
import { TempFolder } from '../../job/dataset/reading.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe('the process that previews datasets', () => {
  let folder: TempFolder;
  let previews: DatasetPreviews;
  let patience: number;
  const log: string[] = [];
  beforeEach(() => {
    folder = new TempFolder();
    log.length = 0;
    patience = 60_000;
  });
  afterEach(() => {
    previews.dispose();
    folder[Symbol.dispose]();
  });

  function start(options: Partial<DatasetPreviewsOptions> = {}): void {
    const node = { path: process.execPath, version: '20', reason: 'test', electron: false };
    previews = new DatasetPreviews({
      node: Promise.resolve(node),
      hostFile: join(ROOT, 'src/job/host.ts'),
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: '--import tsx' },
      log: (line) => log.push(line),
      get patience() {
        return patience;
      },
      ...options,
    });
  }

  const ask = (data: string): Promise<DatasetPreview | null> =>
    previews.ask({ data, cwd: folder.path, name: 'work', callsExport: false });

  async function countOf(data: string): Promise<number | null | undefined> {
    const found = await ask(data);
    return found !== null && 'count' in found ? found.count : undefined;
  }

  it('answers every question, many at a time', async () => {
    start();
    folder.write('a.csv', 'a\n1\n');
    assert.deepEqual(await Promise.all([countOf('range:0:7'), countOf('a.csv')]), [7, 1]);
    const none = await ask('none.csv');
    assert.ok(none !== null && 'failure' in none);
    assert.match(none.failure.message, /There is no file/);
  });

  it('that hangs is ended, and the next question gets another', async () => {
    start();
    folder.write('hangs.mjs', 'for (;;);');
    patience = 500;
    assert.equal(await ask('module:hangs.mjs#items'), null);
    assert.match(log.join('\n'), /preview of module:hangs\.mjs#items: no answer within 500 ms/);
    patience = 60_000;
    assert.equal(await countOf('range:0:7'), 7);
  });

  it('that dies gives no answer, and the next question gets another', async () => {
    start();
    folder.write('dies.mjs', 'process.exit(7);');
    assert.equal(await ask('module:dies.mjs#items'), null);
    assert.equal(await countOf('range:0:7'), 7);
  });

  it('is not there without a Node, which is logged', async () => {
    start({ node: Promise.reject(new Error('there is no Node')) });
    assert.equal(await ask('range:0:7'), null);
    assert.match(log.join('\n'), /there is no Node/);
  });

  it('gives no answer any more after the end', async () => {
    start();
    const answer = ask('range:0:7');
    previews.dispose();
    assert.equal(await answer, null);
    assert.equal(await ask('range:0:7'), null);
  });
});
