import { realpathSync } from 'node:fs';
import * as path from 'node:path';
import type { DebugConfiguration } from 'vscode';
import type { FoundNode } from '../../node/find-node.ts';
import { jobArguments } from '../../protocol/job-arguments.ts';
import type { RunConfig } from '../../protocol/run.ts';

/** An item of the dataset, from 0, one that was typed as JSON, or all of them in worker processes. */
export type Debugged =
  | { readonly kind: 'item'; readonly index: number }
  | { readonly kind: 'value'; readonly json: string }
  | { readonly kind: 'workers' };

export interface DebugOptions {
  readonly config: RunConfig;
  readonly what: Debugged;
  readonly node: FoundNode;
  /** The command's bundle. */
  readonly commandFile: string;
}

/** What VS Code's own JavaScript debugger is told: to run the command on one item, or on all with the debugger in every worker. */
export function debugConfiguration({ config, what, node, commandFile }: DebugOptions): DebugConfiguration {
  // As Node names the files of a folder that is a link.
  const own = `${realpathSync(path.dirname(commandFile)).split(path.sep).join('/')}/**`;
  return {
    type: 'node',
    request: 'launch',
    name: `${config.function} (${nameOf(what)})`,
    runtimeExecutable: node.path,
    runtimeArgs: ['--enable-source-maps', '--disable-warning=ExperimentalWarning'],
    program: commandFile,
    args: ['run', ...argumentsOf(config, what)],
    cwd: config.cwd,
    ...(node.electron && { env: { ELECTRON_RUN_AS_NODE: '1' } }),
    console: 'internalConsole',
    internalConsoleOptions: 'openOnSessionStart',
    // What code writes to its streams itself, too.
    outputCapture: 'std',
    autoAttachChildProcesses: what.kind === 'workers',
    // A bundle is made while the debugger waits: its breakpoints are known only when it is loaded.
    pauseForSourceMap: true,
    resolveSourceMapLocations: ['**', '!**/node_modules/**', `!${own}`],
    skipFiles: ['<node_internals>/**', own],
  };
}

function nameOf(what: Debugged): string {
  if (what.kind === 'item') return `item ${what.index}`;
  return what.kind === 'value' ? 'typed item' : 'with workers';
}

function argumentsOf(config: RunConfig, what: Debugged): string[] {
  const {
    function: name,
    data,
    typed,
    onBadRecord,
    skip,
    limit,
    sample,
    seed,
    spread,
    args,
    loader,
  } = config;
  const call = { function: name, spread, args, loader };
  const input = { data, typed, onBadRecord, skip, limit, sample, seed };
  switch (what.kind) {
    case 'item':
      return [...jobArguments({ ...call, ...input }), `--debug-item=${what.index}`];
    case 'value':
      return [...jobArguments(call), `--debug-item=json:${what.json}`];
    case 'workers':
      return jobArguments({ ...call, ...input, workers: config.workers ?? WORKERS, baseline: 'off' });
  }
}

/** Each worker may stop at a breakpoint: few of them keep the overview. */
const WORKERS = 2;
