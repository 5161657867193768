/**
 * A VS Code server of our own on loopback: started with fresh data in a temporary folder, stopped with everything that it
 * started. Whoever starts one owns it: `await using server = await startVsCode(...)`.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd } from './setup/cleanup.mjs';
import { SetupError } from './setup/say.mjs';
import { ensureNode24 } from './tools/node24.mjs';
import { ensureVsCodeServer } from './tools/vscode-server.mjs';

/** Limit in ms for the server to listen. */
const START_LIMIT = 60_000;
/** Characters of the server's own output that are kept for an error message. */
const KEPT_LOG = 20_000;

const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Dark Modern',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'npm.autoDetect': 'off',
  'typescript.surveys.enabled': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'editor.minimap.enabled': false,
};

/** Settings for a workspace that is not trusted before its user says so; nothing asks for that or covers the window. */
export const trustSettings = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};

/**
 * @param {object} [options]
 * @param {readonly string[]} [options.extensions] folders of unpacked extensions, which the server sees as installed
 * @param {Record<string, unknown>} [options.settings] user settings besides the quiet ones
 * @param {Record<string, string>} [options.env] variables for the server and its extension hosts
 */
export async function startVsCode({ extensions = [], settings = {}, env = {} } = {}) {
  const [node, serverMain, port] = [await ensureNode24(), await ensureVsCodeServer(), await freePort()];
  const data = mkdtempSync(join(tmpdir(), 'manycore-vscode-'));
  try {
    mkdirSync(join(data, 'data', 'User'), { recursive: true });
    mkdirSync(join(data, 'extensions'));
    writeFileSync(
      join(data, 'data', 'User', 'settings.json'),
      JSON.stringify({ ...quietSettings, ...settings }, null, 2),
    );
    for (const folder of extensions) installExtension(folder, join(data, 'extensions'));
    return await listen(node, [serverMain, ...serverOptions(port, data)], { port, data, env });
  } catch (error) {
    rmSync(data, { recursive: true, force: true, maxRetries: 10 });
    throw error;
  }
}

/**
 * Installs a VSIX as VS Code does.
 * @returns {Promise<string>} folder of the installed extension
 * @throws {SetupError} when VS Code refuses it
 */
export async function installVsix(vsix, extensionsDir) {
  const [node, serverMain] = [await ensureNode24(), await ensureVsCodeServer()];
  const data = mkdtempSync(join(tmpdir(), 'manycore-vscode-'));
  try {
    const args = [
      serverMain,
      '--install-extension',
      vsix,
      '--server-data-dir',
      data,
      '--extensions-dir',
      extensionsDir,
    ];
    const { status, stdout, stderr } = spawnSync(node, args, {
      env: cleanEnv(),
      encoding: 'utf8',
      timeout: START_LIMIT,
    });
    const installed = readdirSync(extensionsDir, { withFileTypes: true }).find((entry) =>
      entry.isDirectory(),
    );
    if (status !== 0 || installed === undefined)
      throw new SetupError(`${vsix} was not installed:\n${stdout}${stderr}`);
    return join(extensionsDir, installed.name);
  } finally {
    rmSync(data, { recursive: true, force: true, maxRetries: 10 });
  }
}

const serverOptions = (port, data) => [
  ...[
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--without-connection-token',
    '--accept-server-license-terms',
  ],
  ...['--server-data-dir', data, '--extensions-dir', join(data, 'extensions')],
  ...['--disable-telemetry', '--enable-smoke-test-driver'],
];

/** A fresh server takes every folder that it finds there as installed. */
function installExtension(folder, extensionsDir) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const link = join(extensionsDir, `${publisher}.${name}-${version}`);
  symlinkSync(folder, link, process.platform === 'win32' ? 'junction' : 'dir');
}

async function listen(node, args, { port, data, env }) {
  // A group of its own, so that stopping reaches the extension hosts and whatever they started.
  const server = spawn(node, args, {
    env: { ...cleanEnv(), ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      log = (log + text).slice(-KEPT_LOG);
    });
  }
  const forget = atEnd(() => {
    killGroup(server, 'SIGKILL');
    rmSync(data, { recursive: true, force: true, maxRetries: 10 });
  });
  let stopped = null;
  const stop = () => (stopped ??= stopServer(server, data).finally(forget));
  try {
    await answers(
      `http://127.0.0.1:${port}/version`,
      () => server.exitCode === null && server.signalCode === null,
    );
  } catch {
    await stop();
    throw new SetupError(`the VS Code server did not start within ${START_LIMIT / 1000} s:\n${log}`);
  }
  return {
    port,
    data,
    log: () => log,
    /** Address of a window on `folder`; `payload` as VS Code's own tests use it. */
    url: (folder, payload = []) => windowUrl(port, folder, payload),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function windowUrl(port, folder, payload) {
  const url = new URL(`http://127.0.0.1:${port}/`);
  url.searchParams.set('folder', folder);
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

async function stopServer(server, data) {
  killGroup(server, 'SIGTERM');
  const ended = server.exitCode !== null || server.signalCode !== null;
  if (!ended) await Promise.race([new Promise((resolve) => server.once('exit', resolve)), sleep(5000)]);
  killGroup(server, 'SIGKILL');
  rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** Nothing is left to kill when the group is gone. */
function killGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Variables of an outer VS Code, test runner or debugger would change how the server behaves. */
function cleanEnv() {
  const drop = /^(VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !drop.test(name)));
}

async function answers(url, isAlive) {
  for (const end = Date.now() + START_LIMIT; Date.now() < end && isAlive(); await sleep(100)) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return;
  }
  throw new Error('no answer');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
