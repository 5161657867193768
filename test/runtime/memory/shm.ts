/** Looks at the shared memory of the system, for tests. */
import { existsSync, readdirSync } from 'node:fs';
import { familyFolder } from '../../../runtime/process/family.ts';

export const SHM = '/dev/shm';

/** Folders of families whose root is this process. */
export const foldersOf = (pid: number): string[] =>
  readdirSync(SHM).filter((name) => new RegExp(`^manycore-\\d+-\\d+-${pid}-`).test(name));

export const isThere = (name: string): boolean => existsSync(`${SHM}/${name}`);

/** Segments of this process's own family. */
export const ownSegments = (): string[] => (existsSync(familyFolder()) ? readdirSync(familyFolder()) : []);

let names = 0;
export const newName = (): string => `test-of-manycore-${process.pid}-${names++}`;
