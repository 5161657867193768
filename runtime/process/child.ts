/**
 * Bootstrap of every child process. It takes one message, becomes a child, and only then loads what may touch user code:
 * a user's module that imports the library must find out that it is in a child.
 */
import { ChildChannel } from '../transport/child-channel.ts';
import { decode } from '../values/codec.ts';
import { becomeChild } from './child-state.ts';
import { runProcess } from './process-run.ts';
import { type InitMessage, TO_PROCESS, TO_WORKER } from './protocol.ts';
import { Worker } from './worker.ts';

// Ctrl-C reaches the whole group of the terminal; the parent decides what ends, and when.
process.on('SIGINT', () => {});
process.setSourceMapsEnabled(true);

let worker: Worker | undefined;
const channel = new ChildChannel(
  (type, body) => {
    if (worker !== undefined) worker.receive(type, body);
    else if (type === TO_WORKER.init) worker = start(decode(body) as InitMessage);
    else if (type === TO_PROCESS.run) void runProcess(body);
  },
  // The parent is gone or gave this child up: nobody takes results any more.
  () => process.exit(0),
);

function start(init: InitMessage): Worker {
  const { name, parent, family } = init;
  const state = becomeChild({ name, parent, kind: 'worker', daemon: true, numbers: [], family });
  const started = new Worker(channel, init, state);
  void started.initialise();
  return started;
}
