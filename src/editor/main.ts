import type { ExtensionContext } from 'vscode';
import { type ManycoreApi, ManycoreExtension } from './extension.ts';

let extension: ManycoreExtension | undefined;

export function activate(context: ExtensionContext): ManycoreApi {
  extension = new ManycoreExtension(context);
  return extension.start();
}

export async function deactivate(): Promise<void> {
  await extension?.stop();
  extension = undefined;
}
