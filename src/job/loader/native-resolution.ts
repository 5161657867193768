import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isFile, isInstalled, isJson, isTypeScript, nearestPackage, realPath } from './files.ts';

/** One import of the user's graph, resolved as TypeScript and bundlers do. */
export interface Import {
  readonly importer: string;
  readonly specifier: string;
  readonly isRequire: boolean;
  /** `with { type: ... }` */
  readonly type: string | undefined;
  /** Real path of the file. */
  readonly resolved: string;
}

/** Why Node itself would not load this file for this import; null when it would. */
export function nativeObstacle(edge: Import): string | null {
  const { specifier, resolved } = edge;
  if (isTypeScript(resolved) && isInstalled(resolved)) {
    return `"${specifier}" is TypeScript inside node_modules, which Node does not strip`;
  }
  if (isJson(resolved) && !edge.isRequire && edge.type !== 'json') {
    return `"${specifier}" is JSON imported without { type: 'json' }`;
  }
  if (/^(?:\.{0,2}\/|\.{1,2}$|file:|[a-z]:[\\/])/i.test(specifier)) return pathObstacle(edge);
  return packageObstacle(edge);
}

function pathObstacle({ importer, specifier, isRequire, resolved }: Import): string | null {
  const meant = relative(dirname(importer), resolved).split(sep).join('/');
  const obstacle = `"${specifier}" means ${meant}, which Node does not find by that name`;
  if (!isRequire) {
    const url = new URL(specifier, pathToFileURL(importer));
    return realPath(fileURLToPath(url)) === resolved ? null : obstacle;
  }
  const path = join(dirname(importer), specifier);
  const tried = ['', '.js', '.json', '.node'].map((extension) => realPath(path + extension));
  const inFolder = !isFile(path) && resolved.startsWith(realPath(path) + sep) && !isTypeScript(resolved);
  return tried.includes(resolved) || inFolder ? null : obstacle;
}

/** Bare specifiers: tsconfig `paths` and `baseUrl` are what Node does not know. */
function packageObstacle({ importer, specifier, isRequire, resolved }: Import): string | null {
  const own = nearestPackage(importer);
  if (specifier.startsWith('#') && own?.content['imports'] !== undefined) return null;
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  if (own?.content['name'] === name && own.content['exports'] !== undefined) return null;
  for (let folder = dirname(importer); ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    const real = realPath(found);
    if (resolved.startsWith(real + sep)) {
      return isRequire || !needsExtension(found, specifier.slice(name.length + 1), resolved)
        ? null
        : `"${specifier}" leaves out the extension of the file`;
    }
    if (folder === dirname(folder)) break;
  }
  return `"${specifier}" is resolved by the tsconfig (paths or baseUrl)`;
}

/** An `import` of a path in a package without `exports` must name the whole file. */
function needsExtension(folder: string, path: string, resolved: string): boolean {
  if (path === '') return false;
  const manifest = nearestPackage(join(folder, 'package.json'));
  if (manifest?.content['exports'] !== undefined) return false;
  return realPath(join(folder, path)) !== resolved;
}
