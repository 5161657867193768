/**
 * `npm run engine [-- OPTIONS OF manycore run]`: a distributed run on one machine, in one command: a Redis server, two hosts
 * (`manycore worker`) and the bundled example with real data on them. All of it ends with the run, and at Ctrl-C.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { inRoot } from './setup/paths.mjs';
import { main, SetupError, say } from './setup/say.mjs';
import { ensureRedis } from './tools/redis.mjs';

const HOSTS = 2;
/** Time in ms for the server and the hosts to be ready. */
const READY = 30_000;
/** Time in ms that they get to end before they are killed. */
const GRACE = 5000;
const example = inRoot('examples', 'monte-carlo');
const job = ['run', 'percolation.ts#percolationTrial', '--data', 'range:0:2000'];
const cli = inRoot('runtime/dist/cli.js');

await main(async () => {
  ensureInstalled();
  await build();
  // Ctrl-C reaches the run too, which says what it kept; the rest is ended below.
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopped.abort(signal));
  const folder = mkdtempSync(join(tmpdir(), 'manycore-engine-'));
  const helpers = [];
  const start = (command, args, cwd) => {
    // A group of its own: Ctrl-C in the terminal must not take the server from the run that is being stopped.
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    helpers.push(child);
    return child;
  };
  try {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    const keep = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''];
    const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
    say(`Redis on ${url}`);
    await says(start(ensureRedis(), [...where, ...keep], folder), 'Ready to accept connections');
    say(`${HOSTS} hosts, each: manycore worker --engine ${url} --workers 1`);
    const hosts = Array.from({ length: HOSTS }, () =>
      start(process.execPath, [cli, 'worker', '--engine', url, '--workers', '1'], example),
    );
    await Promise.all(hosts.map((host) => says(host, 'waiting for runs')));
    if (stopped.signal.aborted) return 130;
    const args = [...job, '--engine', url, ...process.argv.slice(2)];
    say(`in examples/monte-carlo: manycore ${args.join(' ')}`);
    return await run([cli, ...args], stopped.signal);
  } finally {
    await end(helpers);
    rmSync(folder, { recursive: true, force: true });
    say('the hosts and Redis are stopped');
  }
});

/** Until a program prints `text`. */
async function says(child, text) {
  let output = '';
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new SetupError(`no "${text}" in time: ${output}`)), READY);
    const take = (chunk) => {
      output += chunk;
      if (output.includes(text)) {
        clearTimeout(timer);
        resolve();
      }
      // Read on, so that the program never waits for a reader, but keep no more of it.
      output = output.slice(-10_000);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new SetupError(`ended before "${text}": ${output}`));
    });
  });
}

async function run(args, stop) {
  const child = spawn(process.execPath, args, { cwd: example, stdio: 'inherit' });
  stop.addEventListener('abort', () => {
    // In a terminal the run has had SIGINT already.
    if (stop.reason !== 'SIGINT' || !process.stdin.isTTY) child.kill(stop.reason);
  });
  const [code] = await once(child, 'exit');
  return code ?? 130;
}

async function end(children) {
  // The hosts before the server: they give back what they have.
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE);
    await exit;
    clearTimeout(timer);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
