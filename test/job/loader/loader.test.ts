import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { findNode24, LaidOut, type Probed } from './laid-out.ts';

interface Case {
  readonly title: string;
  readonly file: string;
  readonly call?: string;
  readonly loader?: 'native' | 'bundle';
  /** How Node 20 and Node 24 load it. */
  readonly kinds: readonly ['native' | 'bundle', 'native' | 'bundle'];
  /** What the reason says under Node 24; under Node 20 where `[0]` is `bundle` for TypeScript, that it cannot strip. */
  readonly reason: RegExp;
  readonly value: (path: (...parts: string[]) => string) => unknown;
}

const CASES: readonly Case[] = [
  {
    title: 'erasable TypeScript with import.meta, JSON, top-level await, computed import() and createRequire',
    file: 'erasable/main.ts',
    kinds: ['bundle', 'native'],
    reason: /^Node 24\.\d+\.\d+ strips the types of its 4 files$/,
    value: (path) => ({
      url: pathToFileURL(path('erasable/main.ts')).href,
      dirname: path('erasable'),
      filename: path('erasable/main.ts'),
      sameMeta: true,
      resolved: pathToFileURL(path('erasable/x.ts')).href,
      json: 42,
      required: 42,
      settled: 7,
      doubled: 8,
      late: 'late.ts',
      template: 1,
      computed: 2,
      bare: 'function',
      missing: 'ERR_MODULE_NOT_FOUND',
    }),
  },
  {
    title:
      'enums, namespaces, parameter properties, extensionless imports, .js that means .ts, JSON as it comes, using',
    file: 'syntax/main.ts',
    kinds: ['bundle', 'bundle'],
    reason: /^TypeScript with a namespace declaration at main\.ts:6, which Node cannot strip$/,
    value: () => ({
      mean: 2,
      point: 3,
      color: 'Green',
      shape: 'square',
      area: 9,
      words: 2,
      closed: 'object',
    }),
  },
  {
    title: 'a type imported without `type`',
    file: 'type-import/main.ts',
    kinds: ['bundle', 'bundle'],
    reason: /No matching export in .* for import "Item"/,
    value: () => 4,
  },
  {
    title: 'tsconfig paths and baseUrl',
    file: 'paths/src/main.ts',
    kinds: ['bundle', 'bundle'],
    reason: /^"@app\/greet" is resolved by the tsconfig \(paths or baseUrl\) \(main\.ts:1\)$/,
    value: () => ['hello you', 'base'],
  },
  {
    title: 'legacy decorators, and the names of decorated classes',
    file: 'decorators-legacy/main.ts',
    kinds: ['bundle', 'bundle'],
    reason: /^TypeScript with a decorator at main\.ts:10, which Node cannot run$/,
    value: () => ({ seen: ['call:0', 'Service'], name: 'Service', constructor: 'Service' }),
  },
  {
    title: 'standard decorators',
    file: 'decorators-standard/main.ts',
    kinds: ['bundle', 'bundle'],
    reason: /^TypeScript with a decorator at main\.ts:8/,
    value: () => 6,
  },
  {
    title: '.cts with require, import = and export =',
    file: 'cts/main.cts',
    kinds: ['bundle', 'bundle'],
    reason: /^TypeScript with an import equals declaration at main\.cts:1, which Node cannot strip$/,
    value: (path) => ({
      half: 2,
      computed: 'plain',
      resolved: 'plain.cjs',
      dirname: path('cts'),
      filename: path('cts/main.cts'),
      guarded: false,
    }),
  },
  {
    title: 'TypeScript for a compiler to CommonJS: import beside require, __dirname, interop, hidden names',
    file: 'ts-commonjs/main.ts',
    kinds: ['bundle', 'bundle'],
    reason:
      /^"\.\/helper" means helper\.ts, which Node does not find by that name \(main\.ts:5\)$|^require beside/,
    value: () => ({
      transpiled: 'the default',
      other: 'the other',
      hidden: 'found',
      helper: 'function',
      sum: 3,
      loaded: ['object', 'object', 'object'],
      file: 'main.ts',
    }),
  },
  {
    title: 'plain JavaScript with #imports, self-reference, JSON and top-level await',
    file: 'js-esm/main.js',
    kinds: ['native', 'native'],
    reason: /^plain JavaScript$/,
    value: (path) => ({
      same: true,
      data: { a: 1 },
      settled: 'settled',
      url: pathToFileURL(path('js-esm/main.js')).href,
    }),
  },
  {
    title: 'plain JavaScript bundled on request',
    file: 'js-esm/main.js',
    loader: 'bundle',
    kinds: ['bundle', 'bundle'],
    reason: /^asked for$/,
    value: (path) => ({
      same: true,
      data: { a: 1 },
      settled: 'settled',
      url: pathToFileURL(path('js-esm/main.js')).href,
    }),
  },
  {
    title: 'CommonJS in sloppy mode',
    file: 'js-cjs/main.js',
    kinds: ['native', 'native'],
    reason: /^plain JavaScript$/,
    value: () => ({ dir: 'js-cjs', file: 'main.js', other: 8, sloppy: true }),
  },
  {
    title: 'JavaScript that imports TypeScript, and JavaScript beside it that needs nothing',
    file: 'js-imports-ts/main.js',
    kinds: ['bundle', 'native'],
    reason: /^Node 24/,
    value: () => ['typed', true],
  },
  {
    title:
      'workspace and pnpm links, import and require conditions, #imports and self-reference to TypeScript',
    file: 'workspace/packages/app/src/main.ts',
    kinds: ['bundle', 'bundle'],
    reason: /^TypeScript with an enum at main\.ts:10, which Node cannot strip$/,
    value: () => ({
      kind: 'One',
      typed: { file: 'src', state: {} },
      plain: 'plain, deep by import, plain/index.js',
      how: 'import',
      required: 'require',
      oneState: true,
      oneUtil: true,
      resolved: 'index.mjs',
      computed: 'import',
    }),
  },
  {
    title: 'one instance of a module, however it is imported',
    file: 'instances/main.ts',
    kinds: ['bundle', 'bundle'],
    reason: /^"\.\/counter\.js" means counter\.ts/,
    value: () => ({ count: 3, plain: true, legacy: true, registered: 1 }),
  },
  {
    title: 'JSX with the factory of the tsconfig',
    file: 'tsx/main.tsx',
    kinds: ['bundle', 'bundle'],
    reason: /^JSX at main\.tsx, which Node cannot run$/,
    value: () => ({ tag: 'p', props: { id: 'x' }, children: ["Don't panic"] }),
  },
  {
    title: 'a pattern of files, and imports that fail only at run time',
    file: 'patterns/main.ts',
    kinds: ['bundle', 'bundle'],
    reason: /^require at main\.ts:9, beside import and export|^require beside/,
    value: () => ({
      names: ['a', 'b'],
      same: true,
      missing: 'ERR_MODULE_NOT_FOUND',
      optional: 'MODULE_NOT_FOUND',
    }),
  },
  {
    title: 'a package with a native add-on',
    file: 'add-on/main.ts',
    kinds: ['bundle', 'bundle'],
    reason: /enum/,
    value: () => ['Yes', 'let a = 1;'],
  },
];

/** Places of what `lines/main.ts` throws: file, line, column. */
const LINES = [
  ['throwing.ts', 6, 9],
  ['main.ts', 11, 10],
] as const;

const NODES = [
  {
    title: `Node ${process.versions.node}`,
    find: async () => process.execPath,
    major: Number.parseInt(process.versions.node, 10),
  },
  { title: 'Node 24', find: findNode24, major: 24 },
].filter(({ major }, index, all) => all.findIndex((other) => other.major === major) === index);

describe('planLoad', () => {
  let projects: LaidOut;
  before(() => {
    projects = new LaidOut();
  });
  after(() => projects[Symbol.dispose]());

  for (const { title, find, major } of NODES) {
    describe(`under ${title}`, () => {
      const requests = [
        ...CASES.map(({ file, call = 'main', loader }) => ({ file, call, ...(loader && { loader }) })),
        { file: 'erasable/main.ts', call: 'fails' },
        { file: 'lines/main.ts', call: 'main' },
        { file: 'broken-syntax/main.ts', call: 'main' },
        { file: 'broken-import/main.ts', call: 'main' },
        { file: 'broken-package/main.mjs', call: 'main' },
        { file: 'broken-name/main.mjs', call: 'main' },
        { file: 'syntax/main.ts', call: 'main', loader: 'native' },
      ];
      const results = new Map<string, Probed>();
      const result = (file: string, call = 'main', loader?: string) =>
        results.get(`${file}#${call} ${loader ?? ''}`) ?? {};

      before(async function () {
        const node = await find();
        if (node === null) return this.skip();
        const absolute = requests.map((request) => ({ ...request, file: projects.path(request.file) }));
        const probed = await projects.probe(node, absolute);
        for (const [index, { file, call, loader }] of requests.entries()) {
          results.set(`${file}#${call} ${loader ?? ''}`, probed[index] ?? {});
        }
      });

      for (const { title, file, call, loader, kinds, reason, value } of CASES) {
        it(`loads ${title}`, () => {
          const probed = result(file, call, loader);
          assert.deepEqual(probed.error, undefined);
          assert.deepEqual(probed.thrown, undefined);
          assert.deepEqual(
            probed.value,
            value((...parts) => projects.path(...parts)),
          );
          assert.equal(probed.kind, kinds[major >= 24 ? 1 : 0], probed.reason);
          if (major >= 24) assert.match(probed.reason ?? '', reason);
          else if (probed.kind === 'bundle' && !loader)
            assert.match(probed.reason ?? '', /does not strip types$|JSX/);
          assert.equal(probed.stderr, '');
        });
      }

      it('shows the lines and columns of the TypeScript files in a stack', () => {
        const stack = result('lines/main.ts').thrown?.stack ?? '';
        for (const [file, line, column] of LINES)
          assert.match(stack, new RegExp(`[/\\\\]lines[/\\\\]${file}:${line}:${column}\\)`));
        const native = result('erasable/main.ts', 'fails').thrown?.stack ?? '';
        assert.match(native, /[/\\]erasable[/\\]main\.ts:36:9\)/);
      });

      it('tells the line where the function is declared', () => {
        assert.equal(result('erasable/main.ts').line, 10);
        assert.equal(result('js-esm/main.js').line, 6);
      });

      it('reports a syntax error with its place', () => {
        const { error } = result('broken-syntax/main.ts');
        assert.deepEqual(error?.at, { file: projects.path('broken-syntax/main.ts'), line: 2, column: 17 });
        assert.equal(error?.code, 'ERR_MANYCORE_LOAD');
        assert.equal(error?.exitCode, 2);
        assert.match(error?.message ?? '', /main\.ts:2:17: .*\n {2}const value = ;$/);
      });

      it('reports an import that nothing resolves with its place', () => {
        const { error } = result('broken-import/main.ts');
        assert.deepEqual(error?.at, { file: projects.path('broken-import/main.ts'), line: 1, column: 19 });
        assert.match(error?.message ?? '', /Could not resolve "\.\/nowhere\.ts"/);
      });

      it('says how to install a package that is missing', () => {
        const { error } = result('broken-package/main.mjs');
        assert.deepEqual(error?.at, { file: projects.path('broken-package/main.mjs'), line: 2, column: 18 });
        assert.match(error?.hint ?? '', /npm install left-pad-of-nobody/);
      });

      it('reports a name that the imported module does not export', () => {
        const { error } = result('broken-name/main.mjs');
        assert.deepEqual(error?.at, { file: projects.path('broken-name/main.mjs'), line: 1, column: 10 });
        assert.match(error?.message ?? '', /No matching export .* for import "gone"/);
      });

      it('refuses to load natively what Node cannot, with the place', () => {
        const { error } = result('syntax/main.ts', 'main', 'native');
        assert.equal(error?.code, 'ERR_MANYCORE_LOADER');
        assert.equal(error?.at?.file, projects.path('syntax/main.ts'));
        assert.match(error?.hint ?? '', /--loader native/);
      });
    });
  }
});
