import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** `.ts`, `.mts`, `.cts`, `.tsx`; declarations hold no code but resolve the same. */
export function isTypeScript(file: string): boolean {
  return /\.[mc]?tsx?$/.test(file);
}

export function isJsx(file: string): boolean {
  return /\.[jt]sx$/.test(file);
}

export function isJavaScript(file: string): boolean {
  return /\.[mc]?js$/.test(file);
}

export function isJson(file: string): boolean {
  return file.endsWith('.json');
}

/** Whether a file, by its real path, belongs to an installed package. */
export function isInstalled(file: string): boolean {
  return file.includes(`${sep}node_modules${sep}`);
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The path without symbolic links; the path itself where nothing is. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Whether Node takes the file for CommonJS by its extension or its package; without both it looks at the syntax. */
export function moduleKind(file: string): 'module' | 'commonjs' | 'unsaid' {
  if (/\.m[jt]s$/.test(file)) return 'module';
  if (/\.c[jt]s$/.test(file)) return 'commonjs';
  const type = nearestPackage(file)?.content['type'];
  return type === 'module' || type === 'commonjs' ? type : 'unsaid';
}

/** The package.json above `file`, as Node finds it; an unreadable one counts as empty, as Node will report it better. */
export function nearestPackage(file: string): { folder: string; content: Record<string, unknown> } | null {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (isFile(path)) return { folder, content: readObject(path) };
    if (folder === dirname(folder) || folder.endsWith(`${sep}node_modules`)) return null;
  }
}

export function readObject(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Whether the code (with comments and texts masked) has import or export statements. */
export function hasModuleSyntax(code: string): boolean {
  return /(?:^|[;}\n])\s*(?:import\s*(?:["'{*]|[\w$]+\s*(?:,|from\b))|import\s+type\b|export\s*(?:[{*]|default\b|(?:async|abstract|declare|const|let|var|function|class|type|interface|enum|namespace)\b))/.test(
    code,
  );
}
