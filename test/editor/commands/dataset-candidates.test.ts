import assert from 'node:assert/strict';
import { rankDataFiles } from '../../../src/editor/commands/dataset-candidates.ts';

describe('data files of a workspace', () => {
  it('are offered nearest first', () => {
    const files = ['b.csv', 'src/deep/c.csv', 'src/a.csv', 'other/d.csv'];
    assert.deepEqual(rankDataFiles(files, 'src'), ['src/a.csv', 'b.csv', 'src/deep/c.csv', 'other/d.csv']);
  });

  it('are not those of tools', () => {
    const files = [
      'package.json',
      'tsconfig.base.json',
      'a/.eslintrc.json',
      '.vscode/x.json',
      'dist/y.json',
      'jest.config.json',
    ];
    assert.deepEqual(rankDataFiles([...files, 'data.json'], ''), ['data.json']);
  });
});
