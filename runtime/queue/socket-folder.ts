/** Addresses that only processes of this user can reach, and that nobody guesses. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { placeInFamily } from '../memory/family-folder.ts';
import { familyFolder } from '../process/family.ts';

/** Longest path of a Unix socket in bytes on all systems, with room for the name of the folder and of the socket. */
const LONGEST_PARENT = 50;
/** Age in ms of a folder without a listener that is left over for certain: its process makes the socket at once. */
const GRACE = 5000;
/** Time in ms within which the system cuts off who called a process that was ending; a busy machine takes its time. */
const CUT_OFF = 5000;

/** A new address for a server. It is removed when the process ends; when it is killed, with its family or by those it had to do with. */
export function privateAddress(): string {
  // The names of Windows have no folders, and no file stays behind; what comes over them has to know a secret, as everywhere.
  if (process.platform === 'win32') return `\\\\.\\pipe\\manycore-${newName()}`;
  const address = addressInFamily() ?? addressInTemporaryFolder();
  process.on('exit', () => remove(address));
  return address;
}

/** Undefined where the system has no folder for a family, or none can be made. */
function addressInFamily(): string | undefined {
  if (familyFolder() === '') return;
  try {
    return placeInFamily((path) => !existsSync(path));
  } catch {
    return;
  }
}

/** In a folder of its own, which the next process that needs one removes when this one is killed. */
export function addressInTemporaryFolder(): string {
  const parent = temporaryFolder();
  void sweep(parent);
  // Node makes it with mode 0700.
  return join(mkdtempSync(join(parent, `${prefix()}${process.pid}-`)), newName());
}

/** Removes the socket of a process that was killed; for who had a connection to it, which has ended. */
export async function removeDeserted(address: string): Promise<void> {
  if (process.platform !== 'win32' && (await isDeserted(address))) remove(address);
}

function remove(address: string): void {
  const folder = dirname(address);
  const isOwn = dirname(folder) === temporaryFolder() && basename(folder).startsWith(prefix());
  rmSync(isOwn ? folder : address, { recursive: isOwn, force: true });
}

const newName = (): string => randomBytes(4).toString('hex');

const prefix = (): string => `manycore-${process.getuid?.()}-`;

const temporaryFolder = (): string => (Buffer.byteLength(tmpdir()) > LONGEST_PARENT ? '/tmp' : tmpdir());

/** Removes what processes that were killed have left: sockets on which nobody listens. */
async function sweep(parent: string): Promise<void> {
  for (const folder of readdirSync(parent).filter((name) => name.startsWith(prefix()))) {
    const path = join(parent, folder);
    try {
      if (Date.now() - statSync(path).mtimeMs < GRACE) continue;
      const [name] = readdirSync(path);
      if (name === undefined || (await isDeserted(join(path, name))))
        rmSync(path, { recursive: true, force: true });
    } catch {
      // Somebody else was faster, or it is not ours.
    }
  }
}

/** True when nobody listens there. A process that is ending may let callers in: it is looked at again when they are cut off. */
const isDeserted = (path: string, until = performance.now() + CUT_OFF): Promise<boolean> =>
  new Promise((resolve) => {
    let letIn = false;
    const socket = connect(path);
    socket.unref().resume();
    socket.once('connect', () => {
      letIn = true;
      const left = Math.max(0, until - performance.now());
      const late = setTimeout(() => {
        resolve(false);
        socket.removeAllListeners('close').destroy();
      }, left).unref();
      socket.once('close', () => {
        clearTimeout(late);
        resolve(isDeserted(path, until));
      });
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      // Without its socket: the process was killed while it removed both.
      if (!letIn) resolve(code === 'ECONNREFUSED' || code === 'ENOENT');
    });
  });
