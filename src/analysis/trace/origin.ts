import type { ts } from 'ts-morph';
import type { Model } from '../model.ts';

/** One step from a value to a part of it. */
export type Access =
  | { readonly kind: 'prop'; readonly name: string }
  | { readonly kind: 'element' }
  | { readonly kind: 'omit'; readonly names: readonly string[] };

export const ELEMENT: Access = { kind: 'element' };
export const prop = (name: string): Access => ({ kind: 'prop', name });

/** What the parameters of the functions on the way stand for. */
export type Environment = ReadonlyMap<ts.Symbol, Bound>;
/** The expression and the part of its value that a parameter stands for. */
export interface Bound {
  readonly expression: ts.Expression;
  readonly accesses: readonly Access[];
  readonly state: TraceState;
}

/** Where a trace is. Immutable. */
export interface TraceState {
  readonly environment: Environment;
  /** The value hangs on an export, so that a function in it can be imported. */
  readonly exported: boolean;
  /** How the source calls the value: `options`, `jobs[*]`. */
  readonly label: string;
  /** The label stays: the trace is inside of a called function, whose names mean nothing to the caller. */
  readonly labelFixed: boolean;
  readonly depth: number;
}

/** Where a value comes from, as far as it can be followed. */
export type Origin =
  /** An expression that makes the value: a literal, a function, `new X()`, a call that cannot be followed. */
  | {
      readonly kind: 'expression';
      readonly node: ts.Expression | ts.MethodDeclaration;
      readonly omit: readonly string[];
      readonly state: TraceState;
    }
  /** A function, class, enum or namespace declared by name. */
  | {
      readonly kind: 'declaration';
      readonly node: ts.Declaration;
      readonly symbol: ts.Symbol;
      readonly state: TraceState;
    }
  /** A parameter, and the part of it. */
  | {
      readonly kind: 'parameter';
      readonly node: ts.ParameterDeclaration;
      readonly accesses: readonly Access[];
      readonly at: Place;
      readonly state: TraceState;
    }
  /** Only the type of `node` is known, and then the part of it. */
  | {
      readonly kind: 'typed';
      readonly node: ts.Expression;
      readonly accesses: readonly Access[];
      readonly state: TraceState;
    };

/** An expression whose type is known, and the part of its value that is meant. */
export interface Place {
  readonly node: ts.Expression;
  readonly accesses: readonly Access[];
}

const NO_ENVIRONMENT: Environment = new Map();

/** A trace that begins at a place of the source, called `label`. */
export const startState = (label: string): TraceState => ({
  environment: NO_ENVIRONMENT,
  exported: false,
  label,
  labelFixed: false,
  depth: 0,
});

/** The state under another name, where the name still means something to the reader. */
export const relabel = (state: TraceState, label: string): TraceState =>
  state.labelFixed || label.length > 60 || label.includes('\n') ? state : { ...state, label };
/** The state of a part of the value. */
export const appendLabel = (state: TraceState, suffix: string): TraceState => ({
  ...state,
  label: state.label + suffix,
  labelFixed: true,
});

/** What the steps of a trace need of it. */
export interface Tracer {
  readonly model: Model;
  /** Reports every origin of the part `accesses` of an expression. */
  follow(expression: ts.Expression, accesses: readonly Access[], from: TraceState): void;
  /** The value is made here, or cannot be followed any further. */
  end(node: ts.Expression, accesses: readonly Access[], state: TraceState): void;
  report(origin: Origin): void;
  /** A trace of its own, with limits of its own. */
  apart(report: (origin: Origin) => void): Tracer;
}
