/** Packages the built extension; gives the path of the VSIX. */
export function packageExtension(options?: {
  readonly target?: string;
  readonly outDir?: string;
}): Promise<string>;
