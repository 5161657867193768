/** Packages the built extension; gives the path of the VSIX. */
export function packageExtension(options?: {
  readonly target?: string;
  readonly outDir?: string;
}): Promise<string>;

/** Packs the built library; gives the path of the tarball. */
export function packageLibrary(options?: { readonly outDir?: string }): string;

/** Platforms of VS Code for which there is an extension. */
export const targets: readonly string[];

/** The budget of a package in bytes: of the VSIX for a target, or of the tarball for `npm`. */
export function packageBudget(target: string): number | undefined;
