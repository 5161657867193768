import assert from 'node:assert/strict';
import { candidateFiles } from '../../src/analysis/candidates.ts';
import { textFacts } from '../../src/analysis/text-facts.ts';

const candidates = (files: Record<string, string>): string[] =>
  [...candidateFiles(new Map(Object.entries(files).map(([file, text]) => [file, textFacts(text)])))].sort();

describe('candidate files', () => {
  it('are none where the package is never mentioned', () => {
    assert.deepEqual(candidates({ '/a.ts': "import './b.js';", '/b.ts': 'export {};' }), []);
  });

  it('are those that mention the package and all that import them, through others too', () => {
    const files = {
      '/app/pool.ts': "import { Pool } from 'manycore';",
      '/app/service.ts': "import { run } from './pool.js';",
      '/app/main.ts': "const { start } = require('./service');",
      '/app/lib/index.ts': "export * from '../pool';",
      '/app/other.ts': "import { run } from './lib';",
      '/app/alone.ts': "import { readFile } from 'node:fs';",
    };
    const wanted = ['lib/index', 'main', 'other', 'pool', 'service'].map((name) => `/app/${name}.ts`);
    assert.deepEqual(candidates(files), wanted);
  });

  it('follow path aliases and workspace packages by name', () => {
    const files = {
      '/app/packages/parallel/src/index.ts': "import { Pool } from 'manycore';",
      '/app/src/lib/workers.ts': "import { Pool } from 'manycore';",
      '/app/src/a.ts': "import { run } from '@acme/parallel';",
      '/app/src/b.ts': "import { run } from '@/lib/workers';",
      '/app/src/c.ts': "import { run } from '@/lib/others';",
    };
    assert.ok(!candidates(files).includes('/app/src/c.ts'));
    assert.equal(candidates(files).length, 4);
  });
});
