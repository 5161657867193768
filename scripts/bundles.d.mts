import type { BuildOptions } from 'esbuild';

export interface Bundle {
  readonly entry: string;
  readonly out: string;
  /** Bundles beside this one, each by the file that is imported. */
  readonly apart?: Readonly<Record<string, string>>;
  /** The same for what must not be there twice. */
  readonly shared?: Readonly<Record<string, string>>;
  /** Programs that share the parts of this one, by the name of their file. */
  readonly beside?: Readonly<Record<string, string>>;
  readonly options: BuildOptions;
}

export const bundles: readonly Bundle[];
export const hostSuite: Bundle;
