import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Cluster } from './harness.ts';

/** Writes what this process and its children import or require into the file of `MANYCORE_TEST_LOADED`, one name a line. */
const NOTE = `
import { appendFileSync } from 'node:fs';
import { Module, register } from 'node:module';
const file = ${JSON.stringify('FILE')};
const load = Module._load;
Module._load = function (name, ...rest) {
  appendFileSync(file, name + '\\n');
  return load.call(this, name, ...rest);
};
const hooks = "import { appendFileSync } from 'node:fs';" +
  'export const resolve = (name, context, next) => { appendFileSync(' + JSON.stringify(file) + ', name + "\\\\n"); return next(name, context); };';
register('data:text/javascript,' + encodeURIComponent(hooks));
`;

describe('the packages of an engine', function () {
  this.timeout(60_000);
  let cluster: Cluster;
  before(async () => {
    cluster = new Cluster();
    await cluster.open();
    await cluster.hosts(1);
  });
  after(() => cluster.close());

  /** What a run loads, in all of its processes. */
  async function loaded(name: string, more: readonly string[]): Promise<readonly string[]> {
    const file = join(cluster.folder, `${name}.txt`);
    const hook = join(cluster.folder, `${name}.mjs`);
    writeFileSync(hook, NOTE.replace(JSON.stringify('FILE'), JSON.stringify(file)));
    const dir = join(cluster.folder, name);
    const data = ['--data', 'range:0:20', '--baseline', 'off', '--run-dir', dir];
    const { code, output } = await cluster.run(['run', 'functions.ts#square', ...data, ...more], {
      env: { NODE_OPTIONS: `--import ${pathToFileURL(hook).href}` },
    }).ended;
    assert.equal(code, 0, output);
    return readFileSync(file, 'utf8').split('\n');
  }
  const ofEngine = (names: readonly string[]): readonly string[] =>
    names.filter((name) => /bullmq|ioredis/.test(name));

  it('are loaded by a run on an engine', async () => {
    const names = ofEngine(await loaded('on-engine', ['--engine', cluster.url]));
    for (const name of ['bullmq', 'ioredis'])
      assert.ok(
        names.some((each) => each.includes(`/node_modules/${name}/`)),
        names.join(),
      );
  });

  it('are not loaded by a run on this machine', async () => {
    const names = await loaded('local', ['--workers', '2']);
    assert.ok(
      names.some((name) => name.includes('functions.ts')),
      names.join(),
    );
    assert.deepEqual(ofEngine(names), []);
  });
});
