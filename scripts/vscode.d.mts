export interface VsCodeServer extends AsyncDisposable {
  readonly port: number;
  /** Folder of the server's data, removed by `stop`. */
  readonly data: string;
  /** The end of what the server has printed. */
  log(): string;
  /** Address of a window on an absolute folder. */
  url(folder: string, payload?: readonly (readonly [string, string])[]): string;
  stop(): Promise<void>;
}

export function startVsCode(options?: {
  readonly extensions?: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<VsCodeServer>;

/** User settings for a workspace that is not trusted before its user says so. */
export const trustSettings: Readonly<Record<string, unknown>>;

/** Installs a VSIX as VS Code does; gives the folder of the installed extension. */
export function installVsix(vsix: string, extensionsDir: string): Promise<string>;
