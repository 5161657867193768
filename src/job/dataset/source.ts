import { DatasetError } from './errors.ts';

export type FileKind = 'json' | 'jsonl' | 'csv' | 'tsv' | 'text' | 'parquet' | 'arrow';

/** A dataset as the user wrote it, taken apart; no file has been looked at. */
export type Source =
  | { readonly kind: FileKind; readonly path: string; readonly pointer: readonly string[] }
  | { readonly kind: 'glob'; readonly pattern: string }
  | { readonly kind: 'range'; readonly range: string }
  | { readonly kind: 'module'; readonly path: string; readonly exportName: string | null };

const FILE_KINDS: ReadonlySet<string> = new Set<FileKind>([
  'json',
  'jsonl',
  'csv',
  'tsv',
  'text',
  'parquet',
  'arrow',
]);

const KIND_BY_EXTENSION: ReadonlyMap<string, FileKind> = new Map([
  ['json', 'json'],
  ['geojson', 'json'],
  ['topojson', 'json'],
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
  ['csv', 'csv'],
  ['tsv', 'tsv'],
  ['tab', 'tsv'],
  ['parquet', 'parquet'],
  ['arrow', 'arrow'],
  ['arrows', 'arrow'],
  ['feather', 'arrow'],
]);

/** Read as text they would give nonsense. */
const BINARY_EXTENSIONS: ReadonlySet<string> = new Set(['avro', 'orc', 'xlsx', 'zip', 'bz2', 'xz', 'sqlite']);

/**
 * What `--data` names, by these rules, first match wins:
 * `-`; `range:`, `glob:`, `module:`; `json:`, `jsonl:`, `csv:`, `tsv:`, `text:`, `parquet:`, `arrow:` before a file
 * (or `-`) of any name;
 * otherwise a file, whose extension before `.gz` or `.zst` says its kind (text lines when it says nothing).
 * One letter and a colon is a Windows drive.
 * @throws DatasetError for an unknown prefix, a binary format or a JSON Pointer that does not begin with `/`.
 */
export function parseSource(text: string): Source {
  if (text === '-') return { kind: 'jsonl', path: '-', pointer: [] };
  const [, prefix, rest] = /^([a-z][a-z0-9+.-]+):(.*)$/is.exec(text) ?? [undefined, undefined, text];
  if (rest === '')
    throw new DatasetError(`The dataset ${JSON.stringify(text)} names nothing.`, { hint: KINDS_HINT });
  switch (prefix) {
    case undefined:
      return byExtension(rest);
    case 'range':
      return { kind: 'range', range: rest };
    case 'glob':
      return { kind: 'glob', pattern: rest };
    case 'module':
      return parseModule(rest);
    default:
      if (FILE_KINDS.has(prefix))
        return fileSource(prefix as FileKind, rest, forcedPointerMark(prefix, rest));
      throw new DatasetError(`The dataset ${JSON.stringify(text)} has the unknown kind ${prefix}:.`, {
        hint: `${KINDS_HINT} A file whose name has a colon: ./${text}`,
      });
  }
}

const KINDS_HINT =
  'Write a file, - for standard input, range:START:STOP[:STEP], glob:PATTERN, module:FILE#EXPORT, or json:, jsonl:, csv:, tsv:, text:, parquet:, arrow: before a file.';

function byExtension(text: string): Source {
  // The mark of a pointer is the first # after a name that is JSON's; any other # belongs to the file's name.
  for (let mark = text.indexOf('#'); mark !== -1; mark = text.indexOf('#', mark + 1)) {
    if (kindOf(text.slice(0, mark)) === 'json') return fileSource('json', text, mark);
  }
  return fileSource(kindOf(text), text, -1);
}

function kindOf(path: string): FileKind {
  const extension = /\.([^./\\]+)(?:\.(?:gz|zst))?$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  if (BINARY_EXTENSIONS.has(extension)) {
    throw new DatasetError(`${path}: .${extension} files cannot be read.`, {
      hint: 'Convert it to JSON Lines or CSV, or read it in a module of yours: module:FILE#EXPORT.',
    });
  }
  return KIND_BY_EXTENSION.get(extension) ?? 'text';
}

function forcedPointerMark(prefix: string, text: string): number {
  return prefix === 'json' ? text.search(/#(?:\/|$)/) : -1;
}

function fileSource(kind: FileKind, text: string, mark: number): Source {
  if (mark === -1) return { kind, path: text, pointer: [] };
  return { kind, path: text.slice(0, mark), pointer: parsePointer(text.slice(mark + 1), text) };
}

/** RFC 6901, as plain text: `/a~1b/0` is the member `a/b`, then the element 0. */
function parsePointer(pointer: string, text: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) {
    throw new DatasetError(
      `In ${text}, ${JSON.stringify(pointer)} is not a JSON Pointer: it does not begin with /.`,
      {
        hint: `Write ${text.slice(0, text.length - pointer.length)}/${pointer}`,
      },
    );
  }
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The dataset `text`, a JSON file at `path`, with another JSON Pointer, given by its keys. */
export function withPointer(text: string, path: string, keys: readonly string[]): string {
  return `${text.startsWith('json:') ? 'json:' : ''}${path}${pointerText(keys)}`;
}

/** `#/a~1b/0` of `['a/b', '0']`. */
export function pointerText(keys: readonly string[]): string {
  return `#${keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;
}

function parseModule(text: string): Source {
  const mark = text.lastIndexOf('#');
  if (mark <= 0) return { kind: 'module', path: text, exportName: null };
  return { kind: 'module', path: text.slice(0, mark), exportName: text.slice(mark + 1) || null };
}
