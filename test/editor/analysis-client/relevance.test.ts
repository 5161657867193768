import assert from 'node:assert/strict';
import { dependsOnLibrary, importsLibrary } from '../../../src/editor/analysis-client/relevance.ts';

describe('whether the analysis server is wanted', () => {
  for (const text of [
    "import { Pool } from 'manycore';",
    'import("manycore")',
    "const { Pool } = require('manycore');",
    "import 'manycore/register';",
  ])
    it(`is for ${text}`, () => assert.ok(importsLibrary(text)));
  for (const text of ["import x from 'manycore-extra';", '// about manycore', "const name = 'manycore';"])
    it(`is not for ${text}`, () => assert.ok(!importsLibrary(text)));

  it('is for a package that depends on the library', () => {
    assert.ok(dependsOnLibrary('{"dependencies": {"manycore": "^0.1.0"}}'));
    assert.ok(!dependsOnLibrary('{"name": "manycore", "dependencies": {"manycore-x": "1"}}'));
  });
});
