/** Holds a task for as long as a test wants: `submit(untilThere, gate.file)` runs until `gate.open()`, at the latest at its disposal. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Gate implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'manycore-gate-'));
  readonly file = join(this.#folder, 'open');

  open(): void {
    writeFileSync(this.file, '');
  }

  /** The tasks must have ended. */
  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
