import { getLibFiles } from '@ts-morph/common';

/** Folder of the compiler's own declarations, as programs see it. It is on no disk: they come with the analysis. */
export const LIBRARIES = '/node_modules/typescript/lib/';

type LibraryFile = ReturnType<typeof getLibFiles>[number];

let files: ReadonlyMap<string, LibraryFile> | undefined;

/** Text of one of the compiler's own declarations, such as `/node_modules/typescript/lib/lib.es5.d.ts`. */
export function libraryText(file: string): string | undefined {
  return libraryFile(file)?.text;
}

/** Whether there is such a declaration of the compiler's own. */
export const isLibrary = (file: string): boolean => libraryFile(file) !== undefined;

function libraryFile(file: string): LibraryFile | undefined {
  if (!file.startsWith(LIBRARIES)) return undefined;
  files ??= new Map(getLibFiles().map((one) => [one.fileName, one]));
  return files.get(file.slice(LIBRARIES.length));
}
