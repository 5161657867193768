/** Folders that others may not look into, in places where everybody may make some. */
import { lstatSync, mkdirSync } from 'node:fs';
import { ManycoreError } from '../errors.ts';

/** Makes it; false when it is there already. @throws {ManycoreError} when it is another user's, or open to others. */
export function makePrivateFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const { uid, mode } = lstatSync(folder);
    // Others may make folders there; what is put into one of theirs they could read.
    if (uid !== process.getuid?.() || (mode & 0o170777) !== 0o040700)
      throw new ManycoreError(`${folder} is not a folder of this user alone: shared memory is not put there`);
    return false;
  }
}
