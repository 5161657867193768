/** Tells when another process ends. What is called here keeps nobody alive. */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { system } from '../native/current.ts';

/** How often a process is looked at where its named pipe does not tell its end, in ms. */
const LOOK = 50;

/** `missing`: there is no named pipe, and nobody can tell. Only for `awaited` is the callback called. */
type Life = 'awaited' | 'ended' | 'missing';

/** Calls `ended` at the end of the named pipe that a process alone holds open for writing. */
export function awaitEnd(path: string, ended: () => void): Life {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return 'missing';
  }
  if (isAtEnd(fd)) {
    closeSync(fd);
    return 'ended';
  }
  const life = new Socket({ fd, readable: true, writable: false });
  let told = false;
  const tell = () => {
    if (told) return;
    told = true;
    life.destroy();
    ended();
  };
  life.on('end', tell).on('error', tell).on('close', tell);
  life.resume();
  life.unref();
  return 'awaited';
}

/** True when nobody has the pipe open for writing. The system tells of an end only those who were there before. */
function isAtEnd(fd: number): boolean {
  try {
    return readSync(fd, Buffer.alloc(1)) === 0;
  } catch {
    return false;
  }
}

/** Calls `ended` once the process is not the one that started then. */
export function lookForEnd(pid: number, start: number, ended: () => void): Life {
  const runs = () => start !== 0 && system.runningSince(pid) === start;
  if (!runs()) return 'ended';
  const timer = setInterval(() => {
    if (runs()) return;
    clearInterval(timer);
    ended();
  }, LOOK);
  timer.unref();
  return 'awaited';
}
