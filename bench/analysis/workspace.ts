import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of one folder of the generated workspace. */
const PER_FOLDER = 25;
/** One file in so many has a fault. */
const FAULT_EVERY = 10;

/**
 * Writes a workspace of `files` modules of about 60 lines, each of which uses the package and imports three others: harder
 * than real ones, of which a few files use it.
 * @param library folder of the built package; @param types folder of `@types`
 * @returns the modules, absolute
 */
export function writeWorkspace(folder: string, files: number, library: string, types: string): string[] {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(library, join(folder, 'node_modules', 'manycore'), 'junction');
  symlinkSync(types, join(folder, 'node_modules', '@types'), 'junction');
  writeFileSync(join(folder, 'package.json'), '{ "name": "generated", "type": "module" }\n');
  const compilerOptions = { target: 'es2022', module: 'nodenext', strict: true, types: ['node'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  return Array.from({ length: files }, (_, index) => {
    const file = join(folder, nameOf(index));
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, moduleText(index));
    return file;
  });
}

const nameOf = (index: number): string => `src/area-${Math.floor(index / PER_FOLDER)}/part-${index}.ts`;

function moduleText(index: number): string {
  const imported =
    index === 0 ? [] : [...new Set([index - 1, index >> 1, index >> 2])].filter((one) => one < index);
  const imports = imported.map((one) => {
    const from = `../${nameOf(one).slice('src/'.length).replace(/\.ts$/, '.js')}`;
    return `import { clean${one}, type Row${one} } from '${from}';`;
  });
  const [first] = imported;
  const before = first === undefined ? 'row' : `clean${first}(row)`;
  const base = first === undefined ? '' : ` extends Partial<Row${first}>`;
  const isFaulty = index % FAULT_EVERY === 0;
  return `import { isMainProcess, Pool, Queue, SharedArray } from 'manycore';
${imports.join('\n')}

export interface Row${index}${base} {
  readonly id: number;
  readonly name: string;
  readonly tags?: readonly string[];
  readonly sizes?: Readonly<Record<string, number>>;
}

export interface Options${index} {
  readonly limit: number;
  readonly prefix?: string;
}

export function clean${index}<R extends { readonly id: number; readonly name: string }>(row: R): R {
  return { ...row, name: row.name.trim().toLowerCase() };
}

${isFaulty ? '' : 'export '}function score${index}(row: Row${index}): number {
  const cleaned = ${before};
  let total = 0;
  for (const [key, size] of Object.entries(cleaned.sizes ?? {})) total += key.length * size;
  for (const tag of cleaned.tags ?? []) total += tag.length;
  return total + parts${index}(cleaned.name, ',').length;
}

export function parts${index}(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export function label${index}(row: Row${index}, options: Options${index}): string {
  const text = \`\${options.prefix ?? ''}\${row.name}\`;
  return text.length > options.limit ? text.slice(0, options.limit) : text;
}

export class Store${index} {
  readonly #rows = new Map<number, Row${index}>();
  add(row: Row${index}): void {
    this.#rows.set(row.id, row);
  }
  get rows(): Row${index}[] {
    return [...this.#rows.values()];
  }
}

export async function run${index}(rows: readonly Row${index}[], options: Options${index}): Promise<number[]> {
  await using pool = new Pool(2);
  const counts = SharedArray('i32', 16);
  const queue = new Queue<number>();
  await queue.put(counts.length);
  const labels = await pool.starmap(label${index}, rows.map((row) => [row, options] as const));
  await pool.map(parts${index}.name === '' ? clean${index} : clean${index}, rows);
  return [labels.length, ...(await pool.map(score${index}, rows))];
}

if (isMainProcess) {
  const store = new Store${index}();
  store.add({ id: ${index}, name: 'row' });
  console.log(await run${index}(store.rows, { limit: 20 }));
}
`;
}
