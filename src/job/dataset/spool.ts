import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetError } from './errors.ts';

/**
 * The bytes in a temporary file, for what is read from its end. The file has no name, so nothing of it stays, however this
 * process ends; the caller closes it.
 * @throws DatasetError where the disk does not take it; what `bytes` throws.
 */
export async function spool(bytes: AsyncIterable<Buffer>, name: string): Promise<FileHandle> {
  const file = join(tmpdir(), `manycore-dataset-${randomUUID()}`);
  const handle = await open(file, 'wx+', 0o600).catch((cause: unknown) => {
    throw notKept(name, cause);
  });
  try {
    await unlink(file);
    for await (const chunk of bytes) {
      await handle.writeFile(chunk).catch((cause: unknown) => {
        throw notKept(name, cause);
      });
    }
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function notKept(name: string, cause: unknown): DatasetError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DatasetError(`${name} could not be decompressed into ${tmpdir()}: ${reason}.`, {
    hint: 'Parquet is read from its end, so all of it must be on disk: make room there, name another folder with TMPDIR, or decompress the file.',
    cause,
  });
}
