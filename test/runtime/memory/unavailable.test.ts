import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { start } from '../processes.ts';

describe('where pages cannot be mapped', () => {
  const places: [how: string, message: RegExp][] = [
    ['koffi', /^SharedMemoryUnavailableError: .*npm install koffi.*Node 20\.19/],
    ['electron', /^SharedMemoryUnavailableError: .*Electron 40\.0\.0.*Node 20\.19/],
  ];
  for (const [how, message] of places)
    it(`is an error that says what to do, and the rest works: ${how}`, async () => {
      const { output, code } = await start('no-koffi.ts', [how]).ended;
      assert.equal(code, 0, output);
      const { errors, works } = JSON.parse(output) as { errors: string[]; works: string };
      assert.equal(errors.length, 7);
      for (const error of errors) assert.match(error, message);
      assert.equal(works, 'number');
    });
});
