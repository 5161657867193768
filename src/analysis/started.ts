/** A function that is started in worker processes from outside of the code: by the editor or the command line. */
export interface Started {
  /** Absolute path. */
  readonly file: string;
  readonly exportName: string;
}
