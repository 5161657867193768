/** Tells when another process ends. What is called here keeps nobody alive. */
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { system } from '../native/current.ts';

/** How often a process is looked at where its named pipe does not tell its end, in ms. */
const LOOK = 50;

/** Calls `ended` at the end of the named pipe that a process alone holds open for writing. False when there is none. */
export function awaitEnd(path: string, ended: () => void): boolean {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return false;
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
  return true;
}

/** Calls `ended` once the process is not the one that started then. False when it is not there now. */
export function lookForEnd(pid: number, start: number, ended: () => void): boolean {
  const runs = () => start !== 0 && system.runningSince(pid) === start;
  if (!runs()) return false;
  const timer = setInterval(() => {
    if (runs()) return;
    clearInterval(timer);
    ended();
  }, LOOK);
  timer.unref();
  return true;
}
