/** Starts a child process of the runtime. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ChildOutput, channelStdio } from '../transport/channel.ts';
import { childState } from './child-state.ts';
import { familyFolder } from './family.ts';
import { OrphanGuard } from './orphan-guard.ts';

export interface ForkOptions {
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Node options; default: those of this process that make sense for a child. */
  readonly execArgv?: readonly string[] | undefined;
  /** Default: to be read here. */
  readonly output?: ChildOutput | undefined;
}

const source = import.meta.url.endsWith('.ts');
const bootstrap = fileURLToPath(new URL(source ? '../process/child.ts' : './child.js', import.meta.url));

/** Children that live. A parent that ends takes them along; for one that is killed, the guard does. */
const alive = new Set<ChildProcess>();
/** The memory of the family is the business of its root. */
const guard = new OrphanGuard('/bin/sh', () => (childState() === undefined ? familyFolder() : ''));
let watching = false;

/** `segment` is the descriptor of the memory that the child shares, if there is one. */
export function fork(
  { env, execArgv, output = 'pipe' }: ForkOptions,
  segment: number | null = null,
): ChildProcess {
  const child = spawn(process.execPath, [...childExecArgv(execArgv), bootstrap], {
    stdio: channelStdio(output, segment),
    env: childEnv(env),
    windowsHide: true,
  });
  if (!watching) {
    watching = true;
    process.on('exit', () => {
      for (const one of alive) one.kill('SIGKILL');
    });
  }
  const { pid } = child;
  if (pid === undefined) return child;
  alive.add(child);
  guard.add(pid);
  child.once('exit', () => {
    alive.delete(child);
    guard.remove(pid);
  });
  return child;
}

/** To be called before this process puts anything into the folder of the family. */
export function guardFamily(): void {
  if (childState() === undefined) guard.start();
}

function childEnv(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  return { ...inherited, ...env };
}

function childExecArgv(given: readonly string[] | undefined): string[] {
  if (given === undefined) return inheritable(process.execArgv);
  // In the source tree the bootstrap itself is TypeScript and needs the loader of this process.
  return source ? [...loaders(process.execArgv), ...given] : [...given];
}

/** Options with a value of their own as the next argument. */
const PAIRED =
  /^(-e|--eval|-p|--print|-pe|-r|--require|--import|--loader|--experimental-loader|--conditions|-C|--env-file)$/;
/** Options about this one process: its debugger, its program text, its test run. */
const OWN =
  /^(--inspect(-brk|-wait|-port|-publish-uid)?(=|$)|--debug-port|-e$|--eval|-p$|-pe$|--print|--input-type|--test|--watch|-c$|--check$|-i$|--interactive$)/;
const LOADER =
  /^(-r|--require|--import|--loader|--experimental-loader|--experimental-strip-types|--enable-source-maps)(=|$)/;

/** `execArgv` of this process without what is about this process alone. */
export const inheritable = (execArgv: readonly string[]): string[] =>
  choose(execArgv, (option) => !OWN.test(option));
const loaders = (execArgv: readonly string[]): string[] => choose(execArgv, (option) => LOADER.test(option));

function choose(execArgv: readonly string[], keep: (option: string) => boolean): string[] {
  const chosen: string[] = [];
  for (let i = 0; i < execArgv.length; i++) {
    const option = execArgv[i] as string;
    const paired = PAIRED.test(option);
    if (keep(option)) chosen.push(option, ...(paired ? execArgv.slice(i + 1, i + 2) : []));
    if (paired) i++;
  }
  return chosen;
}
