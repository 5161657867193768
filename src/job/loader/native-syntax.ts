import * as nodeModule from 'node:module';
import type { Loader } from 'esbuild';
import { hasModuleSyntax, isJsx, isTypeScript, moduleKind } from './files.ts';
import { lineAt, maskSource } from './mask.ts';

/** How one file stands with Node itself. */
export interface FileView {
  readonly obstacle: { readonly line: number | null; readonly text: string } | null;
  /** What Node would execute; the file's own text where it cannot. */
  readonly executed: string;
  readonly loader: Loader;
}

/** Whether Node executes this file as it is, and what it then executes. */
export function fileObstacle(
  file: string,
  source: string,
  node: { version: string; strips: boolean },
): FileView {
  if (isJsx(file)) {
    return {
      obstacle: { line: null, text: 'JSX, which Node cannot run' },
      executed: source,
      loader: file.endsWith('.tsx') ? 'tsx' : 'jsx',
    };
  }
  if (!isTypeScript(file))
    return { obstacle: newerSyntax(source, maskSource(source), node), executed: source, loader: 'js' };
  const hindered = (line: number | null, text: string): FileView => ({
    obstacle: { line, text },
    executed: source,
    loader: 'ts',
  });
  if (!node.strips) return hindered(null, `TypeScript, and Node ${node.version} does not strip types`);

  const stripped = strip(source);
  if (typeof stripped !== 'string') return hindered(stripped.line, stripped.text);
  const code = maskSource(stripped);
  const decorator = code.indexOf('@');
  if (decorator !== -1)
    return hindered(lineAt(code, decorator), 'TypeScript with a decorator, which Node cannot run');
  const mixed = mixedModule(file, code) ?? newerSyntax(source, code, node);
  return mixed === null
    ? { obstacle: null, executed: stripped, loader: 'js' }
    : hindered(mixed.line, mixed.text);
}

/** The text without its types, or why Node refuses it. */
function strip(source: string): string | { line: number | null; text: string } {
  const stripTypes: unknown = Reflect.get(nodeModule, 'stripTypeScriptTypes');
  if (typeof stripTypes !== 'function')
    return { line: null, text: 'TypeScript, which the Node of the job host cannot check' };
  const { emitWarning } = process;
  try {
    // Says once that it is experimental; the result is only looked at here, and Node itself strips by the same code.
    process.emitWarning = () => {};
    return String(stripTypes(source, { mode: 'strip' }));
  } catch (error) {
    const { message, stack = '' } = error as Error;
    const line = Number(/^[^\n]*:(\d+)\n/.exec(stack)?.[1] ?? 0) || null;
    const construct = /^TypeScript (.+?) (?:is|are) not supported in strip-only mode/.exec(message)?.[1];
    if (construct === undefined)
      return { line, text: `TypeScript that Node cannot strip (${message.split('\n')[0]})` };
    return {
      line,
      text: `TypeScript with ${/^[aeiou]/i.test(construct) ? 'an' : 'a'} ${construct}, which Node cannot strip`,
    };
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** TypeScript that a compiler turns into CommonJS: `import` beside `require` or `__dirname`. Node runs the text as it is. */
function mixedModule(file: string, code: string): { line: number | null; text: string } | null {
  if (!hasModuleSyntax(code)) return null;
  const kind = moduleKind(file);
  if (kind === 'commonjs')
    return { line: null, text: 'import and export in a file that is CommonJS for Node' };
  const match =
    /(?<![.\w$])(?:require\s*[(.]|__dirname\b|__filename\b|module\s*\.\s*exports\b|exports\s*\.)/.exec(code);
  if (match === null) return null;
  const name = /[\w$]+/.exec(match[0])?.[0] ?? '';
  if (new RegExp(`\\b(?:const|let|var|function)\\s+${name}\\b|[{,]\\s*${name}\\s*[,}]`).test(code))
    return null;
  return {
    line: lineAt(code, match.index),
    text: `${name} beside import and export, which a compiler to CommonJS understands`,
  };
}

/** Explicit resource management came with V8 13.4 (Node 24). */
function newerSyntax(
  source: string,
  code: string,
  node: { version: string },
): { line: number; text: string } | null {
  if (Number.parseInt(node.version, 10) >= 24) return null;
  const match = /(?:^|[\s;{}(])(?:await\s+)?using\s+[A-Za-z_$][\w$]*\s*=/.exec(code);
  return match === null
    ? null
    : {
        line: lineAt(source, match.index + 1),
        text: `a using declaration, which Node ${node.version} does not know`,
      };
}
