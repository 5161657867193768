/**
 * Mocha's `spec` reporter, which also appends one JSON line with its counts to the file that `MANYCORE_TEST_REPORT`
 * names, so that `npm test` can add up every mocha run, wherever it ran. With `MANYCORE_TEST_OUTPUT` the text goes to that
 * file: inside VS Code the console belongs to the editor.
 */
const { appendFileSync } = require('node:fs');
const { format } = require('node:util');
const { reporters } = require('mocha');

const output = process.env.MANYCORE_TEST_OUTPUT;
if (output) reporters.Base.consoleLog = (...args) => appendFileSync(output, `${format(...args)}\n`);

// A browser's driver catches SIGTERM to close its browser, and the tests would go on: `npm test` means it as the end.
if (!output) process.on('SIGTERM', () => process.exit(143));

module.exports = class CountingSpec extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.MANYCORE_TEST_REPORT;
    if (!file) return;
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats;
      appendFileSync(file, `${JSON.stringify({ passed: passes, failed: failures, skipped: pending })}\n`);
    });
  }
};
