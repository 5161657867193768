import { existsSync, realpathSync } from 'node:fs';

/** `manycore mcp`: serves until the client goes. Gives the exit code. */
export async function mcpCommand(): Promise<number> {
  // Stdout carries the protocol and nothing else.
  console.log = console.info = console.debug = console.error;
  const { serve } = (await import(serverUrl().href)) as typeof import('./mcp/serve.ts');
  await serve(realpathSync(process.cwd()));
  return 0;
}

/** A bundle of its own beside this command, or its source while developing. */
function serverUrl(): URL {
  const built = new URL('mcp.js', import.meta.url);
  return existsSync(built) ? built : new URL('mcp/serve.ts', import.meta.url);
}
