/**
 * What the runtime needs of the operating system beyond Node. Each system has a file that implements it; the rest of the runtime
 * knows none of them by name.
 */
export interface System {
  /** What the name of a segment gets in front of it: a folder, or a namespace of the system. */
  readonly namePrefix: string;
  /** Folder of the families; empty where memory needs none, because it ends with those who have it. */
  readonly memoryFolder: string;
  /** What names of segments must not contain. */
  readonly refusedInNames: RegExp;
  /** False: frames go over sockets here, until somebody asks for shared memory. */
  readonly carriesFrames: boolean;
  /** Undefined where no shell watches over children. */
  readonly guard: GuardCommands | undefined;
  /** When a process started, as a text without `-`; '0' where that cannot be known. */
  startTime(pid: number): string;
  /** The same, cut to what a word holds; 0 when the process has ended. Never 0 for one that runs. */
  runningSince(pid: number): number;
  /** Number of the namespace of process ids. */
  namespace(): string;
  /** Makes `memoryFolder`, where the system has not. */
  makeMemoryFolder(): void;
  /** Descriptor of an empty file that has no name, for this user alone. Throws where there is none. */
  openUnnamed(): number;
  /** A pipe whose ends no child gets by itself. Null where none can be had. */
  pipe(): Pipe | null;
  /** Null where no functions of the system can be called. */
  memory(): Memory | null;
  /** Throws `SharedMemoryUnavailableError` where processes cannot wait for each other. */
  waiting(): Waiting;
}

/** What the shell of `process/orphan-guard.ts` runs. */
export interface GuardCommands {
  /** Prints the inode of the file that is its last argument. */
  readonly inode: string;
  /** Takes the lock of descriptor 9 for this process alone, and waits for it. */
  readonly lock: string;
  /** START of a child: the shell compares it with field 22 of `/proc/PID/stat`, '0' with nothing. */
  start(pid: number): string;
}

/** Descriptors of the two ends of a pipe. */
export interface Pipe {
  readonly read: number;
  readonly write: number;
}

/** Tries paths in the folder of the family, which it makes, until `make` returns true; returns that path. */
export type Place = (make: (path: string) => boolean) => string;

/** Memory that was found by its path. */
export interface Opened {
  readonly handle: number;
  /** In bytes. */
  readonly size: number;
  /** Tells the memory from a later one with its name. */
  readonly id: bigint;
}

/** Shared memory. A handle stands for it in this process: a descriptor, or what the system has instead. */
export interface Memory {
  /** False: memory ends with the last process that has it, and nothing has to be removed. */
  readonly outlivesProcesses: boolean;
  /**
   * Handle of `size` bytes of memory, all zero and sure to be there, that others do not know yet. Systems whose memory has to have
   * a path from the start take one of `place`; those that cannot give it another one later take `path`, which is what `nameAs`
   * will ask for. Throws the system's error.
   */
  create(size: number, place: Place, path?: string): number;
  /** Path by which others find such memory from now on. */
  name(handle: number, place: Place): string;
  /** The same for a path that was chosen. False when there is one already. */
  nameAs(handle: number, path: string): boolean;
  /** Throws the system's error. `inUse`: as `use` says. */
  open(path: string, inUse: boolean): Opened;
  /** Tells the memory from a later one with its name. */
  idOf(handle: number): bigint;
  /** Takes the name away. Throws the system's error when it belongs to other memory, or to none. */
  remove(path: string, id: bigint): void;
  /** Address of the pages. Throws the system's error. */
  map(handle: number, size: number): number;
  /** Puts zeros that nobody shares in the place of the pages, where the system can: they are free, and who touches them does no harm. */
  blank(address: number, size: number): void;
  unmap(address: number, size: number): void;
  /** Memory as a buffer. */
  view(address: number, size: number): ArrayBuffer;
  /** Says that this handle uses the memory, until it is closed; waits for one that removes it. */
  use(handle: number): void;
  /** Says that this handle is the only one; false when another uses the memory. */
  isUnused(handle: number): boolean;
  /** This process needs the handle no more: it has the pages, and others find them by their path. */
  keep(handle: number): void;
  /** The same; memory that others do not know is gone with its pages. */
  close(handle: number): void;
}

/** Waiting between processes. */
export interface Waiting {
  /** True: who reads a named pipe is told when its last writer has closed it. */
  readonly fifosEnd: boolean;
  /** Sleeps while the word is `expected`, at most `ms`. Wakes for no reason too. */
  sleep(word: Int32Array, expected: number, ms: number): void;
  /** Wakes at most `count` of those who sleep on the word; all of them where the system cannot count. */
  wake(word: Int32Array, count: number): void;
  /** Makes a named pipe for this user. Throws when there is a file with its name, or no room. */
  makeFifo(path: string): void;
}
