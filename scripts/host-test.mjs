/**
 * Runs `test/host` inside a real VS Code: `node scripts/host-test.mjs [--untrusted] [--workspace DIR] [--suite FILE.ts]`.
 * Two at a time: all tests in a workspace that is trusted, and those about trust in one that is not.
 *
 * Without a desktop: the VS Code server in a headless Chromium, whose page calls `codeAutomationLog` for each line of its
 * log and `codeAutomationExit` when the suite has ended. With `VSCODE_PATH` (a desktop VS Code) or `MANYCORE_TEST_DESKTOP=1`
 * (one is downloaded): the same suite through `@vscode/test-electron`, and none about trust, which only a user can grant there.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, parseArgs } from 'node:util';
import { launchBrowser } from './browser.mjs';
import { build, bundleOne } from './build.mjs';
import { hostSuite } from './bundles.mjs';
import { atEnd } from './setup/cleanup.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { main, SetupError, say } from './setup/say.mjs';
import { startVsCode, trustSettings } from './vscode.mjs';

/** Limit in ms for the whole suite. */
const SUITE_LIMIT = 10 * 60_000;
const KEPT_LINES = 200;
/** The suite that begins in a workspace that is not trusted. */
const untrustedSuite = { ...hostSuite, entry: 'test/host/untrusted.ts', out: 'dist-test/host/untrusted.cjs' };

/**
 * @param {{ workspace?: string, suite?: string, trusted?: boolean }} [options] `trusted`: whether the workspace is so from
 *   the beginning; otherwise from when the suite asks the user
 * @returns {Promise<number>} exit code: 0 when every test passed
 * @throws {SetupError} when VS Code does not start or the suite does not end in time
 */
export async function runHostTests({ workspace = inRoot('test/fixtures/host'), trusted = true, suite } = {}) {
  const bundle = trusted ? hostSuite : untrustedSuite;
  await bundleOne({ ...bundle, entry: suite ?? bundle.entry }, true);
  const temporary = mkdtempSync(join(tmpdir(), 'manycore-host-'));
  const output = join(temporary, 'output.txt');
  writeFileSync(output, '');
  const remove = () => rmSync(temporary, { recursive: true, force: true, maxRetries: 10 });
  const forget = atEnd(remove);
  const log = boundedLog();
  try {
    const folder = copyWorkspace(workspace, temporary);
    const env = {
      MANYCORE_TEST_REPORTER: inRoot('scripts/mocha-reporter.cjs'),
      MANYCORE_TEST_OUTPUT: output,
      ...testReport(),
    };
    const code = onDesktop()
      ? await runOnDesktop(folder, env, temporary)
      : await runInBrowser(folder, bundle, { env, settings: trusted ? {} : trustSettings }, log);
    // A suite that failed before its first test has said why in VS Code's log only.
    if (code !== 0 && readFileSync(output, 'utf8') === '') console.log(log.text());
    return code;
  } catch (error) {
    console.log(log.text());
    throw error;
  } finally {
    process.stdout.write(readFileSync(output, 'utf8'));
    remove();
    forget();
  }
}

const onDesktop = () => Boolean(process.env.VSCODE_PATH) || process.env.MANYCORE_TEST_DESKTOP === '1';

async function runInBrowser(folder, bundle, options, log) {
  const server = await startVsCode(options);
  let browser;
  try {
    browser = await launchBrowser();
    const page = await browser.newPage();
    const ended = new Promise((done) => page.exposeFunction('codeAutomationExit', done));
    await page.exposeFunction('codeAutomationLog', (_level, args) => log.add(args));
    const remote = (path) => `vscode-remote://127.0.0.1:${server.port}${pathToFileURL(path).pathname}`;
    const payload = [
      ['extensionDevelopmentPath', remote(root)],
      ['extensionTestsPath', remote(inRoot(bundle.out))],
    ];
    await page.goto(server.url(folder, payload));
    return await withLimit(Promise.race([ended, grantingTrust(page)]));
  } finally {
    await browser?.close();
    await server.stop();
  }
}

/** Trusts the workspace where that is offered, as only a user can; never ends. */
async function grantingTrust(page) {
  const button = page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true });
  await button.click({ timeout: 0 }).catch(() => undefined); // The page was closed before it was asked.
  return new Promise(() => {});
}

async function runOnDesktop(folder, env, temporary) {
  const { runTests } = await import('@vscode/test-electron');
  const vscodeExecutablePath = process.env.VSCODE_PATH;
  const data = join(temporary, 'user-data');
  const options = [
    '--disable-extensions',
    '--disable-workspace-trust',
    '--user-data-dir',
    data,
    '--no-sandbox',
  ];
  const ended = runTests({
    ...(vscodeExecutablePath ? { vscodeExecutablePath } : {}),
    extensionDevelopmentPath: root,
    extensionTestsPath: inRoot(hostSuite.out),
    extensionTestsEnv: env,
    launchArgs: [folder, ...options],
  });
  return withLimit(ended);
}

/** Runs write into the folder that they are started in: the suite gets a copy, with the packages of this checkout. */
function copyWorkspace(workspace, temporary) {
  if (!existsSync(workspace)) throw new SetupError(`host tests: the workspace ${workspace} does not exist`);
  const folder = join(temporary, basename(workspace));
  cpSync(workspace, folder, { recursive: true });
  if (!existsSync(join(folder, 'node_modules')))
    symlinkSync(inRoot('node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}

const testReport = () => {
  const file = process.env.MANYCORE_TEST_REPORT;
  return file ? { MANYCORE_TEST_REPORT: file } : {};
};

/** The last lines of VS Code's own log, for when something goes wrong. */
function boundedLog() {
  const lines = [];
  const add = (args) => {
    lines.push(format(...[args].flat().filter((part) => !/^color: /.test(part))).replaceAll('%c', ''));
    if (lines.length > KEPT_LINES) lines.shift();
  };
  return { add, text: () => lines.join('\n') };
}

async function withLimit(ended) {
  let timer;
  const late = new Promise((_, fail) => {
    const error = new SetupError(`host tests: no end after ${SUITE_LIMIT / 1000} s`);
    timer = setTimeout(() => fail(error), SUITE_LIMIT);
  });
  return Promise.race([ended, late]).finally(() => clearTimeout(timer));
}

const isAll = ({ workspace, suite }) => workspace === undefined && suite === undefined;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    const { values } = parseArgs({
      options: {
        workspace: { type: 'string' },
        suite: { type: 'string' },
        untrusted: { type: 'boolean', default: false },
      },
    });
    ensureInstalled();
    await build();
    const { untrusted, suite } = values;
    const workspace = values.workspace && resolve(values.workspace);
    const codes = await Promise.all([
      ...(untrusted ? [] : [runHostTests({ workspace, suite })]),
      ...(untrusted || (isAll(values) && !onDesktop())
        ? [runHostTests({ workspace, suite, trusted: false })]
        : []),
    ]);
    const code = Math.max(...codes);
    say(code === 0 ? 'host tests passed' : `host tests failed (exit code ${code})`);
    return code;
  });
}
