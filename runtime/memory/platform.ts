/** What shared memory needs of the operating system. Each system has a file that implements it. */
export interface Platform {
  /** Descriptor of `size` bytes of memory that has no name, all zero and sure to be there. Throws the system's error. */
  create(size: number): number;
  /** Gives such memory a name. False when there is one already. */
  link(fd: number, path: string): boolean;
  /** Address of the pages of a descriptor, which may be closed afterwards. Throws the system's error. */
  map(fd: number, size: number): number;
  /** Puts zeros that nobody shares in the place of the pages: they are free, and who touches them does no harm. */
  blank(address: number, size: number): void;
  unmap(address: number, size: number): void;
  /** Memory as a buffer. */
  view(address: number, size: number): ArrayBuffer;
  /** Says that this descriptor uses the memory, until it is closed; waits for one that removes it. */
  use(fd: number): void;
  /** Says that this descriptor is the only one; false when another uses the memory. */
  isUnused(fd: number): boolean;
}
