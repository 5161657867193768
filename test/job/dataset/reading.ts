import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BadRecordError, type DatasetOptions, openDataset } from '../../../src/job/dataset/dataset.ts';

/** A folder for the files of one test; gone when the test ends. */
export class TempFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'manycore-dataset-'));

  write(name: string, content: string | Uint8Array): string {
    const file = join(this.path, name);
    writeFileSync(file, content);
    return file;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Opens a dataset and reads all of it. */
export async function readAll(
  source: string,
  cwd: string,
  options: Partial<DatasetOptions> = {},
): Promise<unknown[]> {
  const dataset = await openDataset(source, { cwd, onBadRecord: 'fail', ...options });
  const records: unknown[] = [];
  for await (const record of dataset.records()) records.push(record);
  return records;
}

/** Reads a file of this name and content. */
export async function readContent(
  source: string,
  content: string | Uint8Array,
  options?: Partial<DatasetOptions>,
): Promise<unknown[]> {
  using folder = new TempFolder();
  folder.write(source.replace(/^[a-z]+:/, '').replace(/#.*/, ''), content);
  return await readAll(source, folder.path, options);
}

/** Reads with 'skip': what was delivered, and `line: reason` of what was not. */
export async function readSkipping(
  source: string,
  content: string | Uint8Array,
): Promise<{ records: unknown[]; skipped: string[] }> {
  const skipped: string[] = [];
  const onBadRecordSkipped = (error: BadRecordError) => skipped.push(`${error.line}: ${error.reason}`);
  const records = await readContent(source, content, { onBadRecord: 'skip', onBadRecordSkipped });
  return { records, skipped };
}
