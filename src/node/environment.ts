/**
 * The environment for the user's Node: the editor's, without what the editor set for itself. `NODE_OPTIONS` is the
 * user's own, which VS Code keeps aside as `VSCODE_NODE_OPTIONS`; the hook of its debugger is left out.
 */
export function environmentForNode(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(ELECTRON_|VSCODE_|NODE_OPTIONS$)/.test(name));
  const options = withoutDebuggerHook(env['VSCODE_NODE_OPTIONS'] ?? env['NODE_OPTIONS'] ?? '');
  return { ...Object.fromEntries(kept), ...(options === '' ? {} : { NODE_OPTIONS: options }) };
}

function withoutDebuggerHook(options: string): string {
  return options.replace(/(^|\s)(--require|-r)[ =]("[^"]*|\S*)(js-debug|bootloader)[^"\s]*"?/g, '').trim();
}
