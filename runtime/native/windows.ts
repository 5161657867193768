/**
 * Windows. Never run there: written after Microsoft's documentation of the functions. `runtime/README.md` says
 * what is other than on Linux.
 *
 * Memory is a file mapping of the paging file with a name of this session, `Local\NAME`, as Python's is. It ends with the last
 * process that has it open: nothing is left, and nothing has to be removed; what was sent and is not received yet needs its
 * sender alive. Windows sleeps on words of one process only (`WaitOnAddress`): there are no locks.
 */
import { SharedMemoryUnavailableError } from '../errors.ts';
import { type Foreign, foreign } from './foreign.ts';
import type { Memory, System } from './system.ts';
import { systemError } from './system-error.ts';

const PREFIX = 'Local\\';
const PAGE_READWRITE = 0x04;
const FILE_MAP_ALL_ACCESS = 0xf001f;
const INVALID_HANDLE_VALUE = -1;
const ERROR_FILE_NOT_FOUND = 2;
const ERROR_ALREADY_EXISTS = 183;
/** Numbers of Node for what Windows numbers otherwise. */
const ENOENT = 4058;
const EEXIST = 4075;
const ENOSPC = 4055;
const EIO = 4070;

export const windows: System = {
  namePrefix: PREFIX,
  memoryFolder: '',
  refusedInNames: /[/\\\0]/,
  carriesFrames: false,
  guard: undefined,
  startTime: () => '0',
  runningSince: () => 0,
  namespace: () => '0',
  makeMemoryFolder() {},
  pipe: () => null,
  openUnnamed: () => {
    throw new SharedMemoryUnavailableError('Windows has no files without a name');
  },
  memory() {
    const functions = foreign();
    // What `VirtualQuery` tells is laid out otherwise in 32 bits.
    return functions === null || process.arch === 'ia32' ? null : mappingMemory(functions);
  },
  waiting() {
    throw new SharedMemoryUnavailableError(
      'locks, and queues and whatever else waits, cannot be had on Windows yet. Shared memory can: ' +
        'RawValue, RawArray, SharedMemory, ShareableList, and Value and SharedArray with { lock: false }.',
    );
  },
};

type Handle = number;

export function mappingMemory({ declare, view }: Foreign): Memory {
  const createMapping = declare<
    (file: Handle, attributes: null, protect: number, high: number, low: number, name: string) => Handle
  >(
    'intptr_t __stdcall CreateFileMappingW(intptr_t file, void *attributes, uint32_t protect, uint32_t high, uint32_t low, str16 name)',
  );
  const openMapping = declare<(access: number, inherit: number, name: string) => Handle>(
    'intptr_t __stdcall OpenFileMappingW(uint32_t access, int inherit, str16 name)',
  );
  const mapView = declare<(h: Handle, access: number, high: number, low: number, size: number) => number>(
    'intptr_t __stdcall MapViewOfFile(intptr_t mapping, uint32_t access, uint32_t high, uint32_t low, size_t size)',
  );
  const unmapView = declare<(address: number) => number>('int __stdcall UnmapViewOfFile(intptr_t address)');
  const query = declare<(address: number, information: Uint8Array, size: number) => number>(
    'size_t __stdcall VirtualQuery(intptr_t address, void *information, size_t size)',
  );
  const closeHandle = declare<(handle: Handle) => number>('int __stdcall CloseHandle(intptr_t handle)');
  const lastError = declare<() => number>('uint32_t __stdcall GetLastError()');

  /** Names of memory by handle. */
  const names = new Map<Handle, string>();
  const map = (handle: Handle, size: number): number => {
    const address = mapView(handle, FILE_MAP_ALL_ACCESS, 0, 0, size);
    if (address === 0) throw windowsError(lastError(), 'MapViewOfFile');
    return address;
  };

  return {
    outlivesProcesses: false,
    create(size, _place, path = newName()) {
      const [high, low] = halves(size);
      const handle = createMapping(INVALID_HANDLE_VALUE, null, PAGE_READWRITE, high, low, path);
      const code = lastError();
      if (handle === 0) throw noRoom(size, path, code);
      if (code === ERROR_ALREADY_EXISTS) {
        closeHandle(handle);
        throw systemError(EEXIST, 'CreateFileMapping', path);
      }
      names.set(handle, path);
      return handle;
    },
    name: (handle) => names.get(handle) as string,
    nameAs: (handle, path) => names.get(handle) === path,
    open(path) {
      const handle = openMapping(FILE_MAP_ALL_ACCESS, 0, path);
      if (handle === 0) throw windowsError(lastError(), 'OpenFileMapping', path);
      // The system tells the size of what is mapped only: whole pages.
      const address = mapView(handle, FILE_MAP_ALL_ACCESS, 0, 0, 0);
      const information = new Uint8Array(INFORMATION_SIZE);
      const told = address === 0 ? 0 : query(address, information, INFORMATION_SIZE);
      if (told !== INFORMATION_SIZE) {
        const code = lastError();
        if (address !== 0) unmapView(address);
        closeHandle(handle);
        throw windowsError(code, address === 0 ? 'MapViewOfFile' : 'VirtualQuery', path);
      }
      unmapView(address);
      return { handle, size: regionSize(information), id: 0n };
    },
    idOf: () => 0n,
    remove() {
      // The name goes with the last handle, as in Python.
    },
    map,
    blank() {
      // Other pages cannot be put there in one step: these stay until their buffer is collected.
    },
    unmap: (address) => void unmapView(address),
    view,
    use() {
      // A handle does.
    },
    isUnused: () => true,
    keep() {
      // The name lasts as long as a handle: this one stays open until the process ends.
    },
    close(handle) {
      names.delete(handle);
      closeHandle(handle);
    },
  };
}

let number = 0;

/** Nobody has it, and nobody guesses it. */
function newName(): string {
  const random = process.getBuiltinModule('node:crypto').randomUUID();
  return `${PREFIX}manycore-${process.pid}-${++number}-${random}`;
}

/** The two words in which functions of Windows take a size. */
export const halves = (size: number): [high: number, low: number] => [
  Math.floor(size / 2 ** 32),
  size % 2 ** 32,
];

/** `MEMORY_BASIC_INFORMATION` of 64 bits: the size of the region is at 24. */
const INFORMATION_SIZE = 48;

export const regionSize = (information: Uint8Array): number =>
  Number(new DataView(information.buffer, information.byteOffset).getBigUint64(24, true));

function windowsError(code: number, call: string, path?: string): Error {
  if (code === ERROR_FILE_NOT_FOUND) return systemError(ENOENT, call, path);
  return systemError(EIO, call, path, `${call} failed with the error ${code} of Windows`);
}

const noRoom = (size: number, path: string, code: number): Error =>
  systemError(
    ENOSPC,
    'CreateFileMapping',
    path,
    `no room for ${size} bytes of shared memory (error ${code} of Windows): memory and paging file are full, or the size is beyond them.`,
  );
