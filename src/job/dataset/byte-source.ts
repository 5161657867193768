import { type FileHandle, open } from 'node:fs/promises';
import { explain } from './bytes.ts';

/** Bytes that are taken from the begin to the end, in pieces of wanted lengths. */
export interface ByteSource extends AsyncDisposable {
  /** Bytes taken and skipped until now. */
  readonly position: number;
  /** The next bytes, in a buffer of their own; fewer where they end. */
  take(length: number): Promise<Uint8Array<ArrayBuffer>>;
  skip(length: number): Promise<void>;
}

/** Bytes of a file; what is skipped is not read. */
export class FileSource implements ByteSource {
  position = 0;
  readonly #file: string;
  readonly #handle: FileHandle;

  readonly #size: number;

  private constructor(file: string, handle: FileHandle, size: number) {
    this.#file = file;
    this.#handle = handle;
    this.#size = size;
  }

  /** @throws DatasetError where the file cannot be opened. */
  static async open(file: string): Promise<FileSource> {
    const handle = await open(file).catch((error: unknown) => {
      throw explain(file, error);
    });
    return new FileSource(file, handle, (await handle.stat()).size);
  }

  async take(wanted: number): Promise<Uint8Array<ArrayBuffer>> {
    // A damaged length must not make a buffer that the file cannot fill.
    const length = Math.max(0, Math.min(wanted, this.#size - this.position));
    const bytes = new Uint8Array(length);
    let read = 0;
    while (read < length) {
      const { bytesRead } = await this.#handle
        .read(bytes, read, length - read, this.position)
        .catch((error: unknown) => {
          throw explain(this.#file, error);
        });
      if (bytesRead === 0) break;
      read += bytesRead;
      this.position += bytesRead;
    }
    return read === length ? bytes : bytes.slice(0, read);
  }

  async skip(length: number): Promise<void> {
    this.position += length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

/** Bytes that come in chunks: decompressed ones, or those of standard input. */
export class StreamSource implements ByteSource {
  position = 0;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async take(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: Uint8Array[] = [];
    let taken = 0;
    while (taken < length && (await this.#fill())) {
      const piece = this.#rest.subarray(0, length - taken);
      pieces.push(piece);
      taken += piece.length;
      this.#drop(piece.length);
    }
    const bytes = new Uint8Array(taken);
    for (let at = 0, i = 0; i < pieces.length; at += pieces[i++]?.length ?? 0) bytes.set(pieces[i] ?? [], at);
    return bytes;
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0 && (await this.#fill()); ) {
      const step = Math.min(left, this.#rest.length);
      left -= step;
      this.#drop(step);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.();
  }

  /** False at the end. */
  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) return false;
      this.#rest = next.value;
    }
    return true;
  }

  #drop(length: number): void {
    this.#rest = this.#rest.subarray(length);
    this.position += length;
  }
}
