import { type Duplex, Transform, type TransformCallback } from 'node:stream';
import * as zlib from 'node:zlib';

/** Bytes that should be fed at once: what they become is in memory, and that may be ten thousand times as much. */
export const ZSTD_READ_SIZE = 16 * 1024;

/**
 * Decompresses zstd: by Node where it can (from 22.15 and 23.8), otherwise by fzstd, which takes several times as long,
 * does not compare checksums and cannot go back further than 32 MiB (levels above 19 with `--ultra` or `--long`).
 */
export async function zstdDecompressor(): Promise<Duplex> {
  if ('createZstdDecompress' in zlib && typeof zlib.createZstdDecompress === 'function') {
    return new Frames(zlib.createZstdDecompress as () => NodeDecompressor);
  }
  const { Decompress } = await import('fzstd');
  let emit = (_bytes: Uint8Array): void => undefined;
  const stream = new Decompress((bytes) => emit(bytes));
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      emit = (bytes) => this.push(bytes);
      attempt(() => stream.push(chunk), done);
    },
    flush(done) {
      emit = (bytes) => this.push(bytes);
      attempt(() => stream.push(new Uint8Array(0), true), done);
    },
  });
}

type NodeDecompressor = zlib.Gunzip;

/** Node's decompressor ends with the first frame and drops the others, which `zstd` and log rotation write: each gets a new one. */
class Frames extends Transform {
  readonly #open: () => NodeDecompressor;
  #frame: NodeDecompressor | undefined;

  constructor(open: () => NodeDecompressor) {
    super();
    this.#open = open;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#feed(chunk).then(() => done(), done);
  }

  override _flush(done: TransformCallback): void {
    const frame = this.#frame;
    if (frame === undefined) done();
    else
      frame
        .once('error', done)
        .once('end', () => done())
        .end();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#frame?.destroy();
    done(error);
  }

  async #feed(chunk: Buffer): Promise<void> {
    for (let rest = chunk; rest.length > 0; ) {
      const frame = this.#frame ?? this.#begin();
      const before = frame.bytesWritten;
      const ended = await new Promise<boolean>((resolve, reject) => {
        frame.once('error', reject).once('end', () => resolve(true));
        frame.write(rest, () => resolve(false));
      });
      frame.removeAllListeners('error').removeAllListeners('end');
      if (!ended) return;
      this.#frame = undefined;
      rest = rest.subarray(frame.bytesWritten - before);
      frame.destroy();
    }
  }

  #begin(): NodeDecompressor {
    this.#frame = this.#open();
    this.#frame.on('data', (bytes) => this.push(bytes));
    return this.#frame;
  }
}

/** Failures get the codes that Node's own decompressor gives them. */
function attempt(action: () => void, done: (error?: Error) => void): void {
  try {
    action();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const code = /unexpected EOF/i.test(reason) ? 'Z_BUF_ERROR' : 'ZSTD_error_corruption_detected';
    done(Object.assign(new Error(reason, { cause: error }), { code }));
    return;
  }
  done();
}
