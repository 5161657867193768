import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { type Duplex, pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DatasetError } from './errors.ts';
import { ZSTD_READ_SIZE, zstdDecompressor } from './zstd.ts';

/** Bytes that are read from a file at once. */
const READ_SIZE = 256 * 1024;

/** Says at once what would only be found when the file is read: that it is not there, is a folder, cannot be read. */
export async function checkFile(path: string): Promise<void> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) {
      throw new DatasetError(`${path} is a folder, not a file.`, {
        hint: `For the files in it write glob:${path}/*`,
      });
    }
    await access(path, constants.R_OK);
  } catch (error) {
    throw explain(path, error);
  }
}

/**
 * The bytes of a file, decompressed when its name ends in `.gz` or `.zst`. Leaving the loop early closes the file.
 * Failures come as `DatasetError`, after the bytes before them.
 */
export async function* readFileBytes(path: string): AsyncGenerator<Buffer, void, void> {
  const unpack = await decompressor(path);
  const file = createReadStream(path, { highWaterMark: /\.zst$/i.test(path) ? ZSTD_READ_SIZE : READ_SIZE });
  // pipeline() destroys both streams when either ends; its error reaches the loop below through the last stream.
  const bytes: Readable = unpack === null ? file : pipeline(file, unpack, () => {});
  try {
    for await (const chunk of bytes) yield chunk;
  } catch (error) {
    throw explain(path, error);
  } finally {
    file.destroy();
  }
}

/** The bytes of standard input, or of whatever stands in for it. */
export async function* readStreamBytes(input: NodeJS.ReadableStream): AsyncGenerator<Buffer, void, void> {
  try {
    for await (const chunk of input) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  } catch (error) {
    throw explain('standard input', error);
  }
}

/** Whether a file of this name is decompressed as it is read. */
export function isCompressed(path: string): boolean {
  return /\.(gz|zst)$/i.test(path);
}

async function decompressor(path: string): Promise<Duplex | null> {
  if (!isCompressed(path)) return null;
  return /\.gz$/i.test(path) ? createGunzip({ chunkSize: READ_SIZE }) : await zstdDecompressor();
}

/** A failure of the system or of a decompressor as one that says what to do. */
export function explain(path: string, error: unknown): DatasetError {
  if (error instanceof DatasetError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  if (/^(Z_|ZSTD_)/.test(code)) return explainDecompression(path, code, message, error);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new DatasetError(`There is no file ${path}.`, {
        hint: 'Paths are relative to the working directory; several files: glob:PATTERN.',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new DatasetError(`${path} may not be read (${code}).`, {
        hint: 'Check the permissions of the file.',
        cause: error,
      });
    default:
      return new DatasetError(`${path} cannot be read: ${message}.`, { cause: error });
  }
}

function explainDecompression(path: string, code: string, message: string, cause: unknown): DatasetError {
  if (code === 'Z_BUF_ERROR') {
    return new DatasetError(`${path} is cut off: its compressed data ends too early.`, {
      hint: 'Copy or download the file again.',
      cause,
    });
  }
  const format = path.toLowerCase().endsWith('.zst') ? 'zstd' : 'gzip';
  return new DatasetError(`${path} is not ${format}, or damaged (${message}).`, {
    hint: 'If it is not compressed, take the last extension off its name.',
    cause,
  });
}
