import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import {
  type AnalyzeAnswer,
  analyzeTool,
  MAX_TOOL_TEXT,
  type RunAnswer,
  runTool,
} from '../../../src/protocol/tools.ts';
import { descendants, isAlive, readRows, readSummary, until } from '../../job/harness.ts';
import { eventually, processesMarked } from '../../runtime/processes.ts';
import { WorkspaceFolder } from '../../server/client.ts';
import { bundleMcp } from '../bundle.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const FIXTURES = path.join(ROOT, 'test/fixtures/mcp');

/** What an answer of a tool has for these tests. */
interface Answer {
  readonly isError?: boolean | undefined;
  readonly content: readonly object[];
}

function textOf({ content }: Answer): string {
  assert.equal(content.length, 1);
  const [{ text }] = content as [{ text: string }];
  assert.ok(text.length <= MAX_TOOL_TEXT);
  return text;
}

const analysis = (answer: Answer): AnalyzeAnswer => JSON.parse(textOf(answer));
const ending = (answer: Answer): RunAnswer => JSON.parse(textOf(answer));

describe('manycore mcp', () => {
  let command: string;
  let folder: string;
  const clients: Client[] = [];
  before(async () => {
    command = await bundleMcp();
    folder = mkdtempSync(path.join(tmpdir(), 'manycore-mcp-'));
    cpSync(FIXTURES, folder, { recursive: true });
  });
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
  after(() => {
    for (const one of [command, folder]) rmSync(one, { recursive: true, force: true });
  });

  /** A client that has the command as its server, in a folder. */
  async function connect(cwd: string = folder): Promise<{ client: Client; pid: number }> {
    const client = new Client({ name: 'test', version: '1.0.0' });
    const args = [path.join(command, 'cli.js'), 'mcp'];
    const transport = new StdioClientTransport({ command: process.execPath, args, cwd });
    clients.push(client);
    await client.connect(transport);
    assert.ok(transport.pid !== null);
    return { client, pid: transport.pid };
  }

  const analyze = (client: Client, args: Record<string, unknown>): Promise<Answer> =>
    client.callTool({ name: analyzeTool.name, arguments: args });
  const run = (client: Client, args: Record<string, unknown>): Promise<Answer> =>
    client.callTool({ name: runTool.name, arguments: { workers: 2, baseline: 'off', ...args } });

  it('offers two tools, and says which of them changes nothing', async () => {
    const { client } = await connect();
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
      [analyzeTool, runTool],
    );
    assert.deepEqual(
      tools.map(({ annotations }) => [annotations?.readOnlyHint, annotations?.destructiveHint]),
      [
        [true, false],
        [false, true],
      ],
    );
  });

  it('analyses a file just as manycore lint does, with a link to each rule', async () => {
    const file = '01-progress-callback.ts';
    const source = path.join(ROOT, 'test/corpus/unserializable-argument', file);
    using project = new WorkspaceFolder({ [file]: readFileSync(source, 'utf8') });
    const { client } = await connect(project.path);
    const { diagnostics, notes } = analysis(await analyze(client, { file }));
    assert.deepEqual(notes, []);
    const printed = await promisify(execFile)(
      process.execPath,
      [path.join(command, 'cli.js'), 'lint', '--format', 'json', '--no-cache', '--hints', file],
      { cwd: project.path },
    ).catch((error: { stdout: string }) => error); // It exits with 1, as there are findings.
    assert.deepEqual(
      diagnostics.map(({ docs, ...rest }) => rest),
      JSON.parse(printed.stdout).diagnostics,
    );
    const [found] = diagnostics;
    assert.equal(found?.rule, 'unserializable-argument');
    assert.equal(found.line, 24);
    assert.match(found.docs, /^https:.*docs\/rules\/unserializable-argument\.md$/);
  });

  it('analyses a function as if it ran in workers, and says what it cannot judge', async () => {
    const { client } = await connect();
    const found = analysis(await analyze(client, { file: 'work.mjs', function: 'slowly' }));
    assert.deepEqual(
      found.diagnostics.map(({ rule, file }) => [rule, file]),
      [['worker-writes-module-state', 'work.mjs']],
    );
    assert.deepEqual(found.notes, []);
    const unknown = analysis(await analyze(client, { file: 'work.mjs', function: 'nothing' }));
    assert.match(unknown.notes.join(), /exports no function nothing/);
    const unconcerned = analysis(await analyze(client, { file: 'work.mjs' }));
    assert.match(unconcerned.notes.join(), /does not use the manycore library/);
  });

  it('runs a function over a range, tells how far it is, and gives the essence of run.json', async () => {
    const { client } = await connect();
    const told: number[] = [];
    const { summary, runDir, exitCode } = ending(
      await client.callTool(
        { name: runTool.name, arguments: { function: 'work.mjs#slowly', data: 'range:0:60', workers: 2 } },
        { onprogress: ({ progress, total }) => told.push(progress) && assert.equal(total, 60) },
      ),
    );
    assert.equal(exitCode, 0);
    assert.deepEqual([summary?.items, summary?.failed, summary?.workers], [60, 0, 2]);
    assert.ok(summary?.speedup !== null && summary?.verdict.text !== '');
    assert.ok(told.length > 1);
    assert.deepEqual(
      told,
      [...new Set(told)].sort((a, b) => a - b),
    );
    const rows = readRows(runDir ?? '');
    assert.deepEqual(
      rows.map(({ value }) => value),
      Array.from({ length: 60 }, (_, index) => index * 2),
    );
  });

  it('shows the first errors, cut', async () => {
    const { client } = await connect();
    const answer = await run(client, { function: 'work.mjs#refusesOdd', data: 'range:0:40' });
    const { exitCode, summary } = ending(answer);
    assert.equal(exitCode, 1);
    assert.equal(summary?.failed, 20);
    assert.equal(summary.firstErrors.length, 5);
    assert.match(summary.firstErrors[0]?.error ?? '', /^RangeError: \d+ is odd: x+…$/);
    assert.notEqual(answer.isError, true);
  });

  it('works in its folder only, and runs nothing that the arguments do not name', async () => {
    const outside = mkdtempSync(path.join(tmpdir(), 'manycore-mcp-outside-'));
    cpSync(FIXTURES, outside, { recursive: true });
    symlinkSync(outside, path.join(folder, 'link'));
    try {
      const { client } = await connect();
      const fine = { function: 'work.mjs#refusesOdd', data: 'range:0:2' };
      const refused = [
        await analyze(client, { file: path.join(outside, 'work.mjs') }),
        await analyze(client, { file: 'link/work.mjs' }),
        await run(client, { ...fine, function: `${path.join(outside, 'work.mjs')}#refusesOdd` }),
        await run(client, { ...fine, function: 'link/work.mjs#refusesOdd' }),
        await run(client, { ...fine, data: path.join(outside, 'items.json') }),
        await run(client, { ...fine, data: 'csv:../items.dat' }),
        await run(client, { ...fine, data: 'module:link/work.mjs#loud' }),
        await run(client, { ...fine, data: 'glob:../*' }),
      ];
      for (const answer of refused) {
        assert.equal(answer.isError, true);
        assert.equal(ending(answer).failure?.code, 'ERR_MANYCORE_OUTSIDE');
      }
      assert.match(textOf(await run(client, { ...fine, data: '-' })), /carries the protocol/);
      assert.match(textOf(await run(client, { ...fine, workers: 0 })), /workers must be >= 1/);
      assert.match(textOf(await run(client, { ...fine, out: 'x.csv' })), /additional properties/);
      const missing = await run(client, { ...fine, function: 'none.mjs#f' });
      assert.equal(missing.isError, true);
      assert.equal(ending(missing).failure?.code, 'ERR_MANYCORE_FILE_NOT_FOUND');
    } finally {
      for (const one of [path.join(folder, 'link'), outside]) rmSync(one, { recursive: true, force: true });
    }
  });

  it('ends a run that is cancelled, keeps what was done, and goes on serving', async () => {
    const own = path.join(folder, 'cancelled');
    mkdirSync(own);
    cpSync(FIXTURES, own, { recursive: true });
    const { client, pid } = await connect(own);
    const cancel = new AbortController();
    let during: number[] = [];
    const args = { function: 'work.mjs#slowly', data: 'range:0:100000', workers: 2, baseline: 'off' };
    const call = client.callTool(
      { name: runTool.name, arguments: args },
      {
        signal: cancel.signal,
        onprogress: () => {
          during = descendants(pid);
          cancel.abort();
        },
      },
    );
    await assert.rejects(call);
    assert.ok(during.length >= 3, 'the process of the run and two workers');
    await until('no process of the run is left', () => ![...during, ...descendants(pid)].some(isAlive));
    const runs = path.join(own, '.manycore', 'runs');
    const [name = ''] = readdirSync(runs);
    const { interrupted, items } = readSummary(path.join(runs, name));
    assert.ok(interrupted && items > 0 && items < 100_000);
    assert.equal((await client.listTools()).tools.length, 2);
  });

  it('leaves no process when its client is killed', async () => {
    const mark = `client-${process.pid}`;
    const client = spawn(
      process.execPath,
      [path.join(FIXTURES, 'client.mjs'), path.join(command, 'cli.js'), folder, mark],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      await new Promise((resolve) => client.stdout.once('data', resolve));
      const started = processesMarked(`MANYCORE_TEST_MCP=${mark}`);
      assert.ok(started.length >= 4, 'the server, the process of the run and two workers');
      client.kill('SIGKILL');
      assert.ok(await eventually(() => processesMarked(`MANYCORE_TEST_MCP=${mark}`).length === 0));
    } finally {
      client.kill('SIGKILL');
    }
  });

  it('leaves no process when it is killed itself', async () => {
    const { client, pid } = await connect();
    let during: number[] = [];
    const args = { function: 'work.mjs#slowly', data: 'range:0:100000', workers: 2, baseline: 'off' };
    const call = client.callTool(
      { name: runTool.name, arguments: args },
      {
        onprogress: () => {
          if (during.length > 0) return;
          during = descendants(pid);
          process.kill(pid, 'SIGKILL');
        },
      },
    );
    await assert.rejects(call);
    assert.ok(during.length >= 3);
    await until('no process of the run is left', () => !during.some(isAlive));
  });

  it('prints nothing but the protocol on stdout, whatever the code prints', async () => {
    const child = spawn(process.execPath, [path.join(command, 'cli.js'), 'mcp'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const send = (message: object): boolean =>
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    const clientInfo = { name: 'test', version: '1.0.0' };
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
    send({ id: 1, method: 'initialize', params });
    send({ method: 'notifications/initialized' });
    const args = { function: 'work.mjs#slowly', data: 'module:work.mjs#loud', workers: 1, baseline: 'off' };
    send({ id: 2, method: 'tools/call', params: { name: runTool.name, arguments: args } });
    await until('the answer to the run', () => /"id":2\b/.test(printed));
    child.stdin.end();
    assert.equal(await ended, 0);
    const messages = printed
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      messages.map(({ id }) => id),
      [1, 2],
    );
    assert.equal(messages[0].result.protocolVersion, '2025-06-18');
    const { summary } = ending(messages[1].result);
    assert.equal(summary?.succeeded, 3);
  });
});
