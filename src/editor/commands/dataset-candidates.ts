/** File name endings of the datasets that are read from one file. */
const extensions = [
  ...['json', 'geojson', 'topojson', 'jsonl', 'ndjson', 'csv', 'tsv', 'txt'],
  ...['parquet', 'arrow', 'arrows', 'feather'],
];
/** The same, and compressed. */
export const dataFileExtensions = extensions.flatMap((each) => [each, `${each}.gz`, `${each}.zst`]);

/** Files that end like data but belong to tools. */
const toolFiles =
  /(^|\/)(package(-lock)?\.json|npm-shrinkwrap\.json|composer\.json|(\.[\w.-]*rc|[\w.-]*config)(\.[\w-]+)?\.json|[jt]sconfig[\w.-]*\.json|biome\.jsonc?|components\.json|vercel\.json|robots\.txt|license\.txt|requirements[\w-]*\.txt|cmakelists\.txt|[\w.-]*\.(package|nls)\.json)$/i;
/** Folders of tools, and where Manycore keeps its runs. */
const toolFolders = /(^|\/)(\.[^/]+|node_modules|dist|out|build|coverage|i18n|locales?|l10n)\//;

/** Most files that are offered; the rest is reached by typing a path. */
export const MAX_OFFERED = 50;

/**
 * Data files of a workspace in the order in which they are offered: nearest to the function's file first, then by name.
 * @param files paths relative to the working directory, with `/`
 * @param near folder of the function's file, in the same form
 */
export function rankDataFiles(files: readonly string[], near: string): string[] {
  return files
    .filter((file) => !toolFiles.test(file) && !toolFolders.test(file))
    .map((file) => ({ file, distance: distance(folderOf(file), near) }))
    .sort((a, b) => a.distance - b.distance || (a.file < b.file ? -1 : 1))
    .slice(0, MAX_OFFERED)
    .map(({ file }) => file);
}

/** Steps up and down from one folder to another. */
function distance(from: string, to: string): number {
  const a = from === '' ? [] : from.split('/');
  const b = to === '' ? [] : to.split('/');
  let common = 0;
  while (common < Math.min(a.length, b.length) && a[common] === b[common]) common++;
  return a.length + b.length - 2 * common;
}

function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}
