export interface Licence {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly license: string;
  readonly texts: readonly string[];
}

/** What the build keeps of each bundle: the folders of the packages that are in it. */
export type BuildStamps = Readonly<Record<string, { readonly packages: readonly string[] }>>;

export function licencesOf(
  bundles: readonly string[],
  stamps: BuildStamps,
  beside?: readonly string[],
): Licence[];
export function noticesText(licences: readonly Licence[]): string;
