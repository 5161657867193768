import { getLibFiles } from '@ts-morph/common';

/** Folder of the compiler's own declarations. It is on no disk: they come with the analysis. */
export const LIBRARIES = '/node_modules/typescript/lib/';

let texts: Map<string, string> | undefined;

/** Text of one of the compiler's own declarations, such as `/node_modules/typescript/lib/lib.es5.d.ts`. */
export function libraryText(file: string): string | undefined {
  if (!file.startsWith(LIBRARIES)) return undefined;
  texts ??= new Map(getLibFiles().map(({ fileName, text }) => [fileName, text]));
  return texts.get(file.slice(LIBRARIES.length));
}
