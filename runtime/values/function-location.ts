/** Asks V8 where a function was compiled, through an inspector session of this very process. */
import type { Runtime, Session } from 'node:inspector';
import { sourceLine } from '../process/stack.ts';

export interface FunctionPlace {
  /** URL or path of the script. */
  readonly url: string;
  /** From 1. */
  readonly line: number;
}

let session: Session | undefined;
const scripts = new Map<string, string>();
/** Ids of the scripts that are ES modules, by URL. */
const modules = new Map<string, string>();
const slot = Symbol.for('manycore.inspected');

/** Undefined for functions without a script. The first call takes about 30 ms, later ones less than 1 ms. */
export function functionLocation(fn: object): FunctionPlace | undefined {
  return inspected(fn, (opened, objectId) => {
    const location = internal(opened, objectId, '[[FunctionLocation]]')?.value as
      | { scriptId: string; lineNumber: number; columnNumber: number }
      | undefined;
    const url = location === undefined ? undefined : scripts.get(location.scriptId);
    if (location === undefined || url === undefined || url === '') return undefined;
    return { url, line: sourceLine(url, location.lineNumber + 1, location.columnNumber + 1) };
  });
}

/** Text of a loaded ES module as it runs; undefined where no module has that URL. */
export function moduleSource(url: string): string | undefined {
  session ??= open();
  const scriptId = modules.get(url);
  if (scriptId === undefined) return undefined;
  let source: string | undefined;
  session.post('Debugger.getScriptSource', { scriptId }, (error, answer) => {
    if (error === null) source = answer.scriptSource;
  });
  return source;
}

/**
 * Variables at the top level of the module of `fn` that hold it, exported or not, also while the module is being evaluated:
 * `square`, or `geometry.area` for a property, a shorter path before a longer. Those that no code and no export needs to keep are not seen by V8 itself.
 */
export function variablesHolding(fn: object): string[] {
  return (
    inspected(fn, (opened, objectId) => {
      const scopes = internal(opened, objectId, '[[Scopes]]')?.objectId;
      const module = propertiesOf(opened, scopes).find(({ value }) => value?.description === 'Module');
      const variables = propertiesOf(opened, module?.value?.objectId).filter(
        ({ value }) => value?.objectId !== undefined,
      );
      let found: [index: number, property: string][] = [];
      const values = variables.flatMap(({ value }) => value?.objectId ?? []);
      const params: Runtime.CallFunctionOnParameterType = {
        ...{ objectId, functionDeclaration: String(placesOf), returnByValue: true },
        arguments: values.map((value) => ({ objectId: value })),
      };
      opened.post('Runtime.callFunctionOn', params, (error, answer) => {
        if (error === null) found = (answer.result.value ?? []) as typeof found;
      });
      return found.map(([index, property]) => `${variables[index]?.name}${property}`);
    }) ?? []
  );
}

/** Sent to the inspector as text: refers to nothing outside. */
function placesOf(this: unknown, ...values: object[]): [number, string][] {
  const mostProperties = 4;
  const mostHolders = 10_000;
  const places: [number, string][] = [];
  const seen = values.map(() => new Set<object>());
  let holders = 0;
  let level = values.map((value, index): [number, string, object] => [index, '', value]);
  for (let depth = 0; depth <= mostProperties; depth++) {
    const below: typeof level = [];
    for (const [index, path, value] of level) {
      if (value === this) places.push([index, path]);
      else if (depth < mostProperties && !seen[index]?.has(value) && holders < mostHolders) {
        seen[index]?.add(value);
        holders++;
        if (ArrayBuffer.isView(value)) continue;
        for (const [name, { value: inner }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
          const isHolder = (typeof inner === 'object' && inner !== null) || typeof inner === 'function';
          if (isHolder && !(name === 'prototype' && typeof value === 'function'))
            below.push([index, `${path}.${name}`, inner]);
        }
      }
    }
    level = below;
  }
  return places;
}

function inspected<R>(fn: object, ask: (opened: Session, objectId: string) => R | undefined): R | undefined {
  session ??= open();
  // The function gets to the inspector through a global that exists for this moment.
  Object.defineProperty(globalThis, slot, { value: fn, configurable: true });
  const objectGroup = 'manycore';
  try {
    let objectId: string | undefined;
    session.post(
      'Runtime.evaluate',
      { expression: `globalThis[Symbol.for('manycore.inspected')]`, objectGroup },
      (error, answer) => {
        if (error === null) objectId = answer.result.objectId;
      },
    );
    return objectId === undefined ? undefined : ask(session, objectId);
  } finally {
    Reflect.deleteProperty(globalThis, slot);
    session.post('Runtime.releaseObjectGroup', { objectGroup });
  }
}

function open(): Session {
  // Loaded when it is needed: most workers never ask.
  const opened = new (process.getBuiltinModule('node:inspector').Session)();
  opened.connect();
  opened.on('Debugger.scriptParsed', ({ params }) => {
    scripts.set(params.scriptId, params.url);
    if (params.isModule === true) modules.set(params.url, params.scriptId);
  });
  // Calls on a session of the same thread answer before they return.
  opened.post('Debugger.enable');
  return opened;
}

function internal(opened: Session, objectId: string, name: string): Runtime.RemoteObject | undefined {
  let value: Runtime.RemoteObject | undefined;
  opened.post('Runtime.getProperties', { objectId, ownProperties: true }, (error, answer) => {
    if (error === null) value = answer.internalProperties?.find((property) => property.name === name)?.value;
  });
  return value;
}

function propertiesOf(opened: Session, objectId: string | undefined): Runtime.PropertyDescriptor[] {
  let properties: Runtime.PropertyDescriptor[] = [];
  if (objectId === undefined) return properties;
  opened.post('Runtime.getProperties', { objectId, ownProperties: true }, (error, answer) => {
    if (error === null) properties = answer.result;
  });
  return properties;
}
