/**
 * `npm start [-- OPTIONS OF manycore run]`: everything from a fresh clone to a finished run of the main job on the
 * bundled example with real data.
 */
import { spawn } from 'node:child_process';
import { build } from './build.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { inRoot } from './setup/paths.mjs';
import { main, say } from './setup/say.mjs';

const example = inRoot('examples', 'flights');
const job = [
  'run',
  'expected-delay.ts#expectedDelay',
  '--data',
  '../../node_modules/vega-datasets/data/flights-2k.json',
];

await main(async () => {
  ensureInstalled();
  await build();
  const args = [...job, ...process.argv.slice(2)];
  say(`in examples/flights: manycore ${args.join(' ')}`);
  const code = await run(process.execPath, [inRoot('runtime/dist/cli.js'), ...args], example);
  say('next: `npm run editor` opens VS Code in your browser with the extension and the examples');
  return code;
});

/** Ctrl-C reaches the command too, which stops its run and says what it kept: here it is only waited for. */
function run(command, args, cwd) {
  process.on('SIGINT', () => {});
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: 'inherit' });
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
