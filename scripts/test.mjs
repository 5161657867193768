/**
 * `npm test [-- --only unit|host|e2e]`: the whole proof, from a fresh clone. Every step is named with its time; the first
 * one that fails ends it. The last line counts the tests of all mocha runs.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withCompiled } from './compiled.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { main, SetupError, say, seconds } from './setup/say.mjs';
import { ensureNode24 } from './tools/node24.mjs';

const bin = (name) => [process.execPath, inRoot('node_modules', ...name.split('/'))];
const [, mochaFile] = bin('mocha/bin/mocha.js');
const mochaArgs = [mochaFile, '--reporter', inRoot('scripts/mocha-reporter.cjs')];
const mocha = [process.execPath, ...mochaArgs];
/** The tests of the runtime, compiled into `folder`. */
const runtimeTests = (folder) => [
  ...mochaArgs,
  ...['--no-config', '--node-option', 'enable-source-maps', '--timeout', '60000', '--forbid-only'],
  ...['--require', `${folder}/test/leftovers-by-file.js`, `${folder}/test/runtime/**/*.test.js`],
];
const e2eFiles = ['test/e2e/**/*.{e2e,test}.ts'];

/** In the order of running: what fails fastest and says most comes first. */
const steps = [
  { name: 'types', run: [...bin('typescript/bin/tsc'), '-p', 'tsconfig.json'] },
  { name: 'types of the panel', run: [...bin('typescript/bin/tsc'), '-p', 'src/panel/tsconfig.json'] },
  {
    name: 'types of the tests of the panel',
    run: [...bin('typescript/bin/tsc'), '-p', 'test/panel/tsconfig.json'],
  },
  { name: 'types of the benchmark', run: [...bin('typescript/bin/tsc'), '-p', 'bench/tsconfig.json'] },
  { name: 'types of the examples', run: [...bin('typescript/bin/tsc'), '-p', 'examples/tsconfig.json'] },
  { name: 'style', run: [...bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.'] },
  {
    name: 'imports',
    run: [
      ...bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      'runtime',
      'src',
    ],
  },
  { name: 'unused code and packages', run: bin('knip/bin/knip.js') },
  {
    name: 'tests of the runtime',
    only: 'unit',
    run: (folder) => [process.execPath, ...runtimeTests(folder)],
    // They wait for processes more than they compute: side by side they take little longer than the longest of them.
    beside: [
      {
        name: 'tests of everything else',
        run: [...mocha, '--ignore', 'test/{runtime,engine}/**', 'test/**/*.test.ts'],
      },
      { name: 'tests of the engine', run: [...mocha, 'test/engine/**/*.test.ts'] },
      {
        name: 'tests of the runtime under Node 24',
        // Where this is one, or a later one, they are run already.
        when: Number(process.versions.node.split('.')[0]) < 24,
        run: async (folder) => [await ensureNode24(), ...runtimeTests(folder)],
      },
    ],
  },
  { name: 'tests inside VS Code', only: 'host', run: [process.execPath, inRoot('scripts/host-test.mjs')] },
  {
    name: 'tests in a browser',
    only: 'e2e',
    run: [...mocha, '--config', 'test/e2e/.mocharc.json', ...e2eFiles],
  },
];

await main(async () => {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const chosen = steps.filter(({ only }) => values.only === undefined || only === values.only);
  if (chosen.length === 0) throw new SetupError(`--only ${values.only}: there is unit, host and e2e`);
  const begin = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'manycore-test-'));
  const report = join(folder, 'counts.jsonl');
  writeFileSync(report, '');
  try {
    ensureInstalled();
    const { build } = await import('./build.mjs');
    await build();
    const env = { ...process.env, MANYCORE_TEST_REPORT: report };
    const failed = await withCompiled((compiled) => firstFailure(chosen, env, compiled));
    const { passed, failures, skipped } = counts(report);
    say(
      `${failed === null ? 'everything passed' : `FAILED: ${failed}`} in ${seconds(performance.now() - begin)}`,
    );
    const skippedToo = skipped > 0 ? `, ${skipped} skipped` : '';
    console.log(`${passed} passed, ${failures} failed${skippedToo}`);
    return process.exitCode || (failed === null ? 0 : 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Name of the first step that fails; null when none does. */
async function firstFailure(chosen, env, compiled) {
  for (const { beside = [], ...chosenStep } of chosen) {
    const others = beside.filter(({ when = true }) => when);
    const all = [
      timed(chosenStep, env, compiled),
      ...others.map((other) => timedBeside(other, env, compiled)),
    ];
    const failed = (await Promise.all(all)).find((name) => name !== null);
    if (failed !== undefined) return failed;
  }
  return null;
}

/** Name of the step if it fails, else null. */
async function timed({ name, run }, env, compiled, output = 'inherit', finished = () => {}) {
  say(`${name} ...`);
  const begin = performance.now();
  const code = await step(typeof run === 'function' ? await run(compiled) : run, env, output);
  finished();
  say(`${name}: ${code === 0 ? 'ok' : `failed (exit code ${code})`}, ${seconds(performance.now() - begin)}`);
  return code === 0 ? null : name;
}

/** The same beside another step: what it says is kept in a file until it has ended. */
async function timedBeside(chosen, env, compiled) {
  const folder = mkdtempSync(join(tmpdir(), 'manycore-test-'));
  const said = join(folder, 'output.txt');
  const output = openSync(said, 'w');
  try {
    return await timed(chosen, env, compiled, output, () => process.stdout.write(readFileSync(said)));
  } finally {
    closeSync(output);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a step in a process group of its own, so that ending this command ends whatever the step started. */
function step([command, ...args], env, output) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: ['ignore', output, output],
      detached: true,
    });
    const end = (signal) => {
      killGroup(child.pid, 'SIGTERM');
      setTimeout(() => killGroup(child.pid, 'SIGKILL'), 3000);
      process.exitCode = signal === 'SIGINT' ? 130 : 143;
    };
    process.on('SIGINT', end).on('SIGTERM', end);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('SIGINT', end).off('SIGTERM', end);
      resolve(code ?? signal);
    });
  });
}

function killGroup(pid, signal) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // Nothing is left of it: that was wanted.
  }
}

function counts(report) {
  const runs = readFileSync(report, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const sum = (key) => runs.reduce((total, run) => total + run[key], 0);
  return { passed: sum('passed'), failures: sum('failed'), skipped: sum('skipped') };
}
