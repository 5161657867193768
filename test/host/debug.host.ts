import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Command, type SettingName } from '../../src/editor/contributions.ts';
import type { DebugRequest } from '../../src/editor/debug/debug-request.ts';
import { folder, manycore, until } from './workspace.ts';

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly variablesReference: number;
}

interface Stop {
  readonly session: vscode.DebugSession;
  readonly threadId: number;
}

/** What the debugger told since the session was started. */
class Watched implements vscode.Disposable {
  readonly stops: Stop[] = [];
  readonly started: string[] = [];
  readonly ended: string[] = [];
  output = '';
  readonly #all: vscode.Disposable[];

  constructor() {
    const watched = this;
    const createDebugAdapterTracker = (session: vscode.DebugSession): vscode.DebugAdapterTracker => ({
      onDidSendMessage({ type, event, body }) {
        if (type !== 'event') return;
        if (event === 'stopped') watched.stops.push({ session, threadId: body.threadId });
        if (event === 'output' && body.category !== 'telemetry') watched.output += body.output;
      },
    });
    this.#all = [
      vscode.debug.registerDebugAdapterTrackerFactory('*', { createDebugAdapterTracker }),
      vscode.debug.onDidStartDebugSession(({ id }) => this.started.push(id)),
      vscode.debug.onDidTerminateDebugSession(({ id }) => this.ended.push(id)),
    ];
  }

  /** The next place where the debugger stopped, `FILE:LINE` from the workspace, and the variables of the function there. */
  async stop(): Promise<{ at: string; variables: ReadonlyMap<string, Variable>; stop: Stop }> {
    const stop = await until(() => this.stops.shift());
    const { session, threadId } = stop;
    const { stackFrames } = await session.customRequest('stackTrace', { threadId, startFrame: 0, levels: 1 });
    const [frame] = stackFrames;
    const { scopes } = await session.customRequest('scopes', { frameId: frame.id });
    const variables = new Map<string, Variable>();
    for (const { variablesReference, expensive } of scopes) {
      if (expensive) continue;
      const listed = await session.customRequest('variables', { variablesReference });
      for (const each of listed.variables as Variable[]) variables.set(each.name, each);
    }
    // A path, or in a server's window the URI of the file.
    const file = String(frame.source.path).slice(String(frame.source.path).lastIndexOf(folder()));
    const at = `${vscode.workspace.asRelativePath(file)}:${frame.line}`;
    return { at, variables, stop };
  }

  async ends(): Promise<void> {
    await until(() => this.started.length > 0 && this.ended.length === this.started.length);
  }

  dispose(): void {
    for (const each of this.#all) each.dispose();
  }
}

const goOn = ({ session, threadId }: Stop): Thenable<unknown> =>
  session.customRequest('continue', { threadId });

const debug = (request: DebugRequest, command: Command = Command.debugOneItem): Thenable<boolean> =>
  vscode.commands.executeCommand<boolean>(command, request);

describe('the debugger', function () {
  this.timeout(150_000);
  const cities = { file: 'src/distances.ts', export: 'distance', data: 'data/cities.csv' };
  let watched: Watched;
  before(() => manycore());
  beforeEach(() => {
    watched = new Watched();
  });
  afterEach(async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.debug.stopDebugging();
    watched.dispose();
  });

  /** On the line of the file that has `text`; gives `FILE:LINE`. */
  function breakAt(file: string, text: string): string {
    const path = join(folder(), file);
    const line = readFileSync(path, 'utf8')
      .split('\n')
      .findIndex((each) => each.includes(text));
    assert.notEqual(line, -1);
    const place = new vscode.Location(vscode.Uri.file(path), new vscode.Position(line, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
    return `${file}:${line + 1}`;
  }

  it('stops in the TypeScript of the function, with its item, and ends when the item has', async () => {
    const place = breakAt(cities.file, 'return');
    assert.equal(await debug({ ...cities, item: 0 }), true);
    const { at, variables, stop } = await watched.stop();
    assert.equal(at, place);
    assert.equal(variables.get('latitude')?.value, "'59.9139'");
    assert.ok(Number(variables.get('sum')?.value) > 0);
    await goOn(stop);
    await watched.ends();
    assert.match(watched.output, /src\/distances\.ts#distance item 0 \{"city":"Oslo"/);
    assert.match(watched.output, /value \{ city: 'Oslo', km: \d+ \}/);
    assert.equal(watched.stops.length, 0);
  });

  it('stops in TypeScript whose types Node itself strips', async function () {
    // The extension host of the server runs under a newer Node than the tests may.
    if (process.versions['electron'] !== undefined || !Reflect.get(process.features, 'typescript'))
      this.skip();
    const setting: SettingName = 'manycore.node.path';
    const settings = vscode.workspace.getConfiguration();
    await settings.update(setting, process.execPath, vscode.ConfigurationTarget.Global);
    try {
      const place = breakAt(cities.file, 'return');
      await debug({ ...cities, item: 1, loader: 'native' });
      const { at, variables, stop } = await watched.stop();
      assert.deepEqual([at, variables.get('city')?.value], [place, "'Tokyo'"]);
      await goOn(stop);
      await watched.ends();
    } finally {
      await settings.update(setting, undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('calls the function with an item that is typed', async () => {
    breakAt(cities.file, 'return');
    const value = { city: 'Pole', latitude: '90', longitude: '0' };
    await debug({ file: cities.file, export: cities.export, value });
    const { variables, stop } = await watched.stop();
    assert.equal(variables.get('city')?.value, "'Pole'");
    await goOn(stop);
    await watched.ends();
  });

  it('ends by itself when the item fails, and tells where', async () => {
    await debug({ file: 'src/words.cjs', export: 'length', data: 'data/words.jsonl', item: 2 });
    await watched.ends();
    assert.match(watched.output, /item 2 RangeError: an empty word\s+at .*words\.cjs:2:\d+/);
  });

  it('stops in worker processes when it is asked to', async () => {
    const place = breakAt('src/slow.mjs', 'return item');
    const request = { file: 'src/slow.mjs', export: 'slowly', data: 'range:0:4' };
    await debug({ ...request, workers: 2 }, Command.debugWithWorkers);
    const sessions = new Set<string>();
    for (let item = 0; item < 4; item++) {
      const { at, stop } = await watched.stop();
      assert.equal(at, place);
      sessions.add(stop.session.id);
      await goOn(stop);
    }
    assert.equal(sessions.size, 2);
    await watched.ends();
    assert.match(watched.output, /4 items in .* on 2 workers: 4 succeeded/);
  });

  it('rejects a request that it does not know, with a stable code', async () => {
    await assert.rejects(
      async () => debug({ ...cities, item: -1 }),
      /"item" must be a whole number from 0, got -1/,
    );
  });
});
