import type { BuildOptions } from 'esbuild';

export interface Bundle {
  readonly entry: string;
  readonly out: string;
  readonly options: BuildOptions;
}

export const bundles: readonly Bundle[];
export const hostSuite: Bundle;
