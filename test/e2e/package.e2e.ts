import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageBudget, packageExtension, targets } from '../../scripts/package.mjs';
import { installVsix } from '../../scripts/vscode.mjs';
import { RULES } from '../../src/analysis/rules/index.ts';
import { Workbench } from './workbench.ts';
import { zipEntries } from './zip.ts';

/** Everything that a user installs; a file that is not here must not be there. */
const SHIPPED = [
  'CHANGELOG.md',
  'LICENSE.txt',
  'README.md',
  'ThirdPartyNotices.txt',
  'dist/analysis-client.cjs',
  'dist/analysis.cjs',
  'dist/call-task.js',
  'dist/child.js',
  'dist/cli-part-HASH.js',
  'dist/cli.js',
  'dist/extension.cjs',
  'dist/job-host-part-HASH.js',
  'dist/job-host.js',
  'dist/libraries/LIBRARY.d.ts',
  'dist/panel.css',
  'dist/panel.js',
  'dist/server.js',
  'dist/task.js',
  'docs/pictures/run-dark.png',
  ...RULES.map(({ name }) => `docs/rules/${name}.md`),
  'l10n/bundle.l10n.json',
  'media/icon.png',
  'media/manycore.svg',
  'media/walkthrough/command-line.md',
  'media/walkthrough/dataset.svg',
  'media/walkthrough/diagnostics.svg',
  'media/walkthrough/function.svg',
  'media/walkthrough/panel.svg',
  'media/walkthrough/snippets.svg',
  'node_modules/@esbuild/PLATFORM/bin/esbuild',
  'node_modules/@esbuild/PLATFORM/package.json',
  'node_modules/@koromix/koffi-PLATFORM/index.js',
  'node_modules/@koromix/koffi-PLATFORM/linux_x64/koffi.node',
  'node_modules/@koromix/koffi-PLATFORM/package.json',
  'node_modules/esbuild/LICENSE.md',
  'node_modules/esbuild/lib/main.js',
  'node_modules/esbuild/package.json',
  'node_modules/koffi/LICENSE.txt',
  'node_modules/koffi/index.cjs',
  'node_modules/koffi/package.json',
  'node_modules/koffi/src/koffi/index.cjs',
  'package.json',
  'package.nls.json',
  'schemas/jobs.schema.json',
  'snippets/javascript.code-snippets',
  'snippets/typescript.code-snippets',
];

describe('the packaged extension', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'manycore-vsix-'));
  const platform = `${process.platform}-${process.arch}`;
  let vsix: string;
  let installed: string;

  before(async () => {
    const extensions = join(temporary, 'extensions');
    mkdirSync(extensions);
    vsix = await packageExtension({ outDir: temporary });
    installed = await installVsix(vsix, extensions);
  });

  after(() => rmSync(temporary, { recursive: true, force: true, maxRetries: 10 }));

  it('holds what is needed, and nothing else', () => {
    const files = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(installed.length + 1)
          .replaceAll('\\', '/'),
      )
      // VS Code's own, and its choice of case.
      .filter((file) => file !== '.vsixmanifest')
      .map((file) =>
        file.replace(/^(readme|changelog)\.md$/i, (name) => name.toUpperCase().replace('.MD', '.md')),
      )
      .map((file) => file.replace(platform, 'PLATFORM').replace(/-part-\w+\.js$/, '-part-HASH.js'))
      .map((file) => file.replace(/(?<=^dist\/libraries\/).*(?=\.d\.ts$)/, 'LIBRARY'));
    assert.deepEqual([...new Set(files)].sort(), SHIPPED.toSorted());
  });

  it('is within its budget', () => {
    const { size } = statSync(vsix);
    assert.ok(size <= (packageBudget(platform) ?? 0), `${vsix} has ${size} bytes: see scripts/budgets.json`);
    for (const target of [...targets, 'npm']) assert.ok(packageBudget(target), `${target} has no budget`);
  });

  it('has the native programs of its platform only', async function () {
    if (platform !== 'linux-x64') this.skip();
    const native = (file: string): string[] =>
      zipEntries(file).filter((name) => /\.node$|\/esbuild(\.exe)?$/.test(name));
    // The same packages as for linux-x64, so nothing has to be fetched.
    const alpine = await packageExtension({ target: 'alpine-x64', outDir: temporary });
    const modules = 'extension/node_modules';
    assert.deepEqual(native(alpine), [
      `${modules}/@esbuild/linux-x64/bin/esbuild`,
      `${modules}/@koromix/koffi-linux-x64/musl_x64/koffi.node`,
    ]);
    assert.deepEqual(native(vsix), [
      `${modules}/@esbuild/linux-x64/bin/esbuild`,
      `${modules}/@koromix/koffi-linux-x64/linux_x64/koffi.node`,
    ]);
  });

  it('runs TypeScript that has to be bundled, with the esbuild that it brought', async () => {
    const workspace = join(temporary, 'project');
    mkdirSync(workspace);
    writeFileSync(join(workspace, 'package.json'), '{ "name": "project", "type": "module" }');
    writeFileSync(
      join(workspace, 'unit.ts'),
      'enum Unit { Metre = 1, Kilometre = 1000 }\nexport const metres = (item: number): number => item * Unit.Kilometre;\n',
    );
    await using workbench = await Workbench.open({ workspace, extension: installed, packages: false });
    await workbench.openFile('unit.ts');
    await workbench.lens('Run in parallel').click();
    await workbench.answer('range:0:20');
    await workbench.state('finished');
    assert.equal(await workbench.value('succeeded-count'), '20');
    assert.equal(await workbench.value('failed-count'), '0');
  });
});
