import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseTarget, shownPath } from '../../src/job/resolve.ts';

describe('parseTarget', () => {
  let cwd: string;
  before(() => {
    cwd = mkdtempSync(join(tmpdir(), 'manycore-target-'));
    mkdirSync(join(cwd, 'src'));
    for (const name of ['src/score.ts', 'src/odd#name.ts', 'src/a b.mjs', 'src/twice.js', 'src/notes.md']) {
      writeFileSync(join(cwd, name), '');
    }
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));

  const at = (name: string) => join(cwd, name);

  it('takes file and export apart', () => {
    assert.deepEqual(parseTarget('src/score.ts#score', cwd), {
      file: at('src/score.ts'),
      exportName: 'score',
    });
    assert.deepEqual(parseTarget('./src/score.ts#Stats.mean', cwd), {
      file: at('src/score.ts'),
      exportName: 'Stats.mean',
    });
    assert.deepEqual(parseTarget(`${at('src/score.ts')}#$über_1`, '/'), {
      file: at('src/score.ts'),
      exportName: '$über_1',
    });
    assert.deepEqual(parseTarget('src/score.ts', cwd), { file: at('src/score.ts'), exportName: null });
  });

  it('leaves a # to the name of a file that exists', () => {
    assert.deepEqual(parseTarget('src/odd#name.ts', cwd), { file: at('src/odd#name.ts'), exportName: null });
    assert.deepEqual(parseTarget('src/odd#name.ts#run', cwd), {
      file: at('src/odd#name.ts'),
      exportName: 'run',
    });
  });

  it('takes file: URLs, with and without an export', () => {
    const url = pathToFileURL(at('src/a b.mjs')).href;
    assert.deepEqual(parseTarget(url, '/'), { file: at('src/a b.mjs'), exportName: null });
    assert.deepEqual(parseTarget(`${url}#go`, '/'), { file: at('src/a b.mjs'), exportName: 'go' });
    const odd = pathToFileURL(at('src/odd#name.ts')).href;
    assert.deepEqual(parseTarget(`${odd}#go`, '/'), { file: at('src/odd#name.ts'), exportName: 'go' });
  });

  it('finds a file that is named without its extension', () => {
    assert.deepEqual(parseTarget('src/twice#f', cwd), { file: at('src/twice.js'), exportName: 'f' });
  });

  it('suggests similar names for a file that is not there', () => {
    const missing = { code: 'ERR_MANYCORE_FILE_NOT_FOUND', exitCode: 2 };
    assert.throws(() => parseTarget('src/scroe.ts#score', cwd), {
      ...missing,
      hint: `Did you mean ${join('src', 'score.ts')}?`,
    });
    assert.throws(() => parseTarget('nowhere/x.ts', cwd), {
      ...missing,
      message: /There is no file "nowhere\/x\.ts" \(looked for /,
    });
  });

  it('says what is in a folder that is given for a file', () => {
    assert.throws(() => parseTarget('src#score', cwd), { message: /"src" is a folder/, hint: /score\.ts/ });
  });

  it('refuses what cannot name an export, with an example', () => {
    const usage = { code: 'ERR_MANYCORE_USAGE', exitCode: 2, hint: /FILE#EXPORT/ };
    for (const spec of [
      '',
      '#score',
      'src/score.ts#',
      'src/score.ts#a b',
      'src/score.ts#1st',
      'src/score.ts#a..b',
    ]) {
      assert.throws(() => parseTarget(spec, cwd), usage, spec);
    }
    assert.throws(() => parseTarget('file://host/x.ts', cwd), { code: 'ERR_MANYCORE_USAGE' });
  });
});

describe('shownPath', () => {
  it('is the way from the working directory, unless that is longer than the whole path', () => {
    const cwd = resolve('/home/ada/film/examples');
    assert.equal(shownPath(join(cwd, 'src', 'score.ts'), cwd), join('src', 'score.ts'));
    assert.equal(shownPath(resolve('/home/ada/film/score.ts'), cwd), join('..', 'score.ts'));
    assert.equal(shownPath(resolve('/tmp/score.ts'), cwd), resolve('/tmp/score.ts'));
  });
});
