/** Where a function is exported, told before the call returns. */
import { Module } from 'node:module';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { moduleUrl, type StackFrame } from '../process/stack.ts';
import { exportedAs, exportsExpression } from './export-text.ts';
import { functionLocation, moduleSource, variablesHolding } from './function-location.ts';
import {
  checkImportable,
  type FunctionReference,
  farReference,
  knownReference,
  loaded,
  notImportable,
  pathOf,
  remember,
} from './reference.ts';

type AnyFunction = (...args: never[]) => unknown;

/**
 * Like `locate`, without its promise. Of a module that is still being evaluated, its text tells the exports; where that
 * leaves it open, the reference has a `source`, and the other side finds out.
 * @throws {NotImportableError} when no module exports it.
 */
export function locateNow(fn: AnyFunction, callers: readonly StackFrame[]): FunctionReference {
  checkImportable(fn);
  const cheap = knownReference(fn);
  if (cheap !== undefined) return cheap;
  const place = functionLocation(fn);
  const own = place === undefined ? undefined : moduleUrl(place.url);
  const urls = new Set(callers.slice(0, 4).map(({ url }) => moduleUrl(url)));
  if (own !== undefined) urls.add(own);
  for (const url of urls) {
    const namespace = namespaceNow(url);
    const name = namespace === undefined ? undefined : pathOf(namespace, (value) => value === fn);
    if (name !== undefined) {
      remember(fn, { url, name });
      return { url, name };
    }
    if (url === own && namespace === undefined) {
      const found = amidEvaluation(fn, url, place?.line);
      if (found !== undefined) return found;
    }
  }
  const far = farReference(fn, own, own === undefined ? undefined : namespaceNow(own));
  if (far !== undefined) return far;
  throw notImportable(fn.name, own, place?.line);
}

/**
 * Exports of an ES module that was evaluated before; undefined for every other. `import()` tells them too late, and `require` of a
 * module would load a second instance where a loader compiles it to CommonJS. Below `require`, where Node compiles a text as
 * an ES module, it looks the module up by its URL first and takes that instance.
 */
function namespaceNow(url: string): object | undefined {
  const known = loaded(url);
  if (known !== undefined) return known;
  const source = url.startsWith('file:') && !/[?#]/.test(url) ? moduleSource(url) : undefined;
  if (source === undefined) return undefined;
  if (!/\bexport\b/.test(source)) return {};
  const file = fileURLToPath(url);
  const module = Object.assign(new Module(file), { filename: file }) as Module & { _compile: Compile };
  try {
    module._compile(source, file, 'module');
  } catch {
    return undefined; // It waits at its top level, maybe for us, or this loader has its own way.
  }
  return types.isModuleNamespaceObject(module.exports) ? (module.exports as object) : undefined;
}

type Compile = (source: string, file: string, format: 'module') => void;

/** What a module that is being evaluated shows of itself: its variables, and its text. */
function amidEvaluation(
  fn: AnyFunction,
  url: string,
  line: number | undefined,
): FunctionReference | undefined {
  const source = moduleSource(url);
  if (source === undefined) return undefined;
  for (const path of variablesHolding(fn)) {
    const [variable = '', ...properties] = path.split('.');
    const exported = exportedAs(source, variable);
    if (exported !== undefined) return { url, name: [exported, ...properties].join('.'), line };
  }
  if (fn.name === '' || !exportsExpression(source)) return undefined;
  return { url, name: fn.name, source: Function.prototype.toString.call(fn), line };
}
