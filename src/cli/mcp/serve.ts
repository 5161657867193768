import {
  type CallToolResult,
  fromJsonSchema,
  McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import packageJson from '../../../runtime/package.json' with { type: 'json' };
import { toFailure } from '../../job/errors.ts';
import type { RunProgress } from '../../protocol/run.ts';
import { type AnalyzeInput, analyzeTool, type RunInput, runTool } from '../../protocol/tools.ts';
import { runText } from '../../report/tool-text.ts';
import { analyze } from './analyze.ts';
import { run } from './run.ts';

/**
 * Serves the tools of `protocol/tools.ts` over the Model Context Protocol, on stdin and stdout, for files of `cwd`. Resolves
 * when the client has gone or a signal asked for the end, and everything that was under way has ended.
 */
export async function serve(cwd: string): Promise<void> {
  const gone = new AbortController();
  const calls = new Set<Promise<unknown>>();
  const counted = (call: Promise<CallToolResult>): Promise<CallToolResult> => {
    calls.add(call);
    return call.finally(() => calls.delete(call));
  };
  const handle = serveStdio(() => makeServer(cwd, gone.signal, counted), {
    onerror: (error) => process.stderr.write(`${error.message}\n`),
  });
  await end();
  gone.abort();
  await Promise.allSettled(calls);
  await handle.close();
}

/** Resolves when there will be no further request. */
function end(): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['end', 'close', 'error']) process.stdin.once(event, () => resolve());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}

function makeServer(
  cwd: string,
  gone: AbortSignal,
  counted: (call: Promise<CallToolResult>) => Promise<CallToolResult>,
): McpServer {
  const server = new McpServer({ name: 'manycore', title: 'Manycore', version: packageJson.version });
  server.registerTool(
    analyzeTool.name,
    {
      title: 'Analyze for parallel execution',
      description: analyzeTool.description,
      inputSchema: fromJsonSchema<AnalyzeInput>(analyzeTool.inputSchema),
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    },
    (input, { mcpReq }) =>
      counted(answered(async () => text(await analyze(input, cwd, AbortSignal.any([mcpReq.signal, gone]))))),
  );
  server.registerTool(
    runTool.name,
    {
      title: 'Run in parallel',
      description: runTool.description,
      inputSchema: fromJsonSchema<RunInput>(runTool.inputSchema),
      // What the function does is not known: it may write files, or reach other machines.
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    },
    (input, context) =>
      counted(
        answered(async () => {
          const options = { cancelled: context.mcpReq.signal, gone, onProgress: progressTo(context) };
          const ended = await run(input, cwd, options);
          return { ...text(runText(ended)), isError: ended.failure !== null };
        }),
      ),
  );
  return server;
}

/** An error is an answer too: the model reads it and can do better. */
async function answered(call: () => Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await call();
  } catch (error) {
    const { failure, exitCode } = toFailure(error);
    return { ...text(runText({ exitCode, failure, summary: null, runDir: null })), isError: true };
  }
}

function text(content: string): CallToolResult {
  return { content: [{ type: 'text', text: content }] };
}

/** Tells how many items are done, where the client asked for it: each time more than before, as the protocol wants it. */
function progressTo({ mcpReq }: ServerContext): (progress: RunProgress) => void {
  const token = mcpReq._meta?.progressToken;
  let before = 0;
  return ({ done, failed, total }) => {
    if (token === undefined || done <= before) return;
    before = done;
    const message = `${done}${total === null ? '' : ` of ${total}`} items done, ${failed} failed`;
    const params = { progressToken: token, progress: done, message, ...(total !== null && { total }) };
    // A client that has gone is noticed by the end of stdin.
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}
