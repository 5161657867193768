/** The child of a `Process`: runs its target, ends its own children, and exits with the code that tells how it went. */
import { inspect } from 'node:util';
import { ByteReader } from '../transport/bytes.ts';
import { decode, ModuleNeededError } from '../values/codec.ts';
import { type FunctionReference, load, resolve } from '../values/reference.ts';
import { becomeChild, type ChildState } from './child-state.ts';
import { endChildren } from './process-list.ts';
import { giveState } from './process-state.ts';
import type { RunMessage } from './protocol.ts';

type AnyFunction = (...args: unknown[]) => unknown;

/** Never returns: the process ends when the target has, whatever timers and sockets it left open. */
export async function runProcess(body: ByteReader): Promise<void> {
  const message = decode(body) as RunMessage;
  // Read after the modules are imported; the received bytes may be gone by then.
  const values = Buffer.from(body.rest());
  const { name, daemon, parent, numbers, family } = message;
  const state = becomeChild({ name, daemon, parent, numbers, family, kind: 'process' });
  try {
    await run(message, values, state);
  } catch (error) {
    // As Python does, which prints the name above the traceback.
    process.stderr.write(`Process ${name}:\n${inspect(error)}\n`);
    process.exitCode = 1;
  }
  await endChildren();
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit();
}

async function run(message: RunMessage, values: Buffer, state: ChildState): Promise<void> {
  const { subclass, numbers } = message;
  const target = await imported(message.target, state);
  const Class = await imported(subclass, state);
  const [args, fields] = await decoded(values, state);
  state.running++;
  try {
    if (Class === undefined) await target?.(...args);
    else {
      const instance = Object.create(Class.prototype as object) as { run(): unknown };
      for (const [name, value] of Object.entries(fields))
        Object.defineProperty(instance, name, {
          value,
          enumerable: true,
          writable: true,
          configurable: true,
        });
      const { name, daemon } = message;
      const none = { env: undefined, execArgv: undefined, handle: undefined };
      giveState(instance, { name, daemon, target, args, numbers, phase: 'self', ...none });
      await instance.run();
    }
  } finally {
    state.running--;
  }
}

async function imported(
  reference: FunctionReference | undefined,
  state: ChildState,
): Promise<AnyFunction | undefined> {
  if (reference === undefined) return undefined;
  await importing(reference.url, state);
  return resolve(reference) as AnyFunction;
}

/** Arguments and fields; what they hold may need modules of its own. */
async function decoded(
  values: Buffer,
  state: ChildState,
): Promise<[args: unknown[], fields: Record<string, unknown>]> {
  for (;;)
    try {
      const reader = new ByteReader(values);
      return [decode(reader) as unknown[], decode(reader) as Record<string, unknown>];
    } catch (error) {
      if (!(error instanceof ModuleNeededError)) throw error;
      await importing(error.url, state);
    }
}

async function importing(url: string, state: ChildState): Promise<void> {
  state.importing++;
  try {
    await load(url);
  } finally {
    state.importing--;
  }
  // User code may have swallowed it; the module would start processes all the same.
  if (state.refusal !== undefined) throw state.refusal;
}

/** What was written to a pipe may still be in this process. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.writable) stream.write('', () => resolve());
    else resolve();
  });
