import { ts } from 'ts-morph';
import { placeText, shownName, spanOf } from '../ast.ts';
import { describeCall, type WorkerCall } from '../calls.ts';
import { caughtFrom } from '../caught.ts';
import { isRegistered } from '../classes.ts';
import { isExported } from '../exports.ts';
import { exportFix } from '../fixes/export.ts';
import type { Model } from '../model.ts';
import { type Body, reachOf } from '../reach.ts';
import type { Finding, Rule } from '../rule.ts';
import { startState } from '../trace/origin.ts';
import { Trace } from '../trace/trace.ts';
import { resolveWorkers } from '../workers.ts';

/** The class of an error that comes from a worker is asked for, but no module exports the class. */
export const errorIdentityLost: Rule = {
  name: 'error-identity-lost',
  category: 'unserializable',
  severity: 'warning',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const test of classTests(file)) {
    const asked = localClass(model, test.right);
    if (asked === undefined) continue;
    for (const node of caughtFrom(model, test.left)) {
      const call = describeCall(model, node);
      const thrown = call && thrownInWorker(model, call, asked);
      if (call === undefined || thrown === undefined) continue;
      yield findingFor(model, test, asked, call, thrown);
      break;
    }
  }
}

function classTests(file: ts.SourceFile): ts.BinaryExpression[] {
  const tests: ts.BinaryExpression[] = [];
  if (!file.text.includes('instanceof')) return tests;
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword)
      tests.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return tests;
}

/** The class that an expression stands for, if it can be read and nothing exports it. */
function localClass(model: Model, expression: ts.Expression): ts.ClassLikeDeclaration | undefined {
  const classes = new Set<ts.ClassLikeDeclaration | undefined>();
  new Trace(model, (origin) => {
    const isClass = origin.kind !== 'typed' && ts.isClassLike(origin.node);
    const node = isClass ? (origin.node as ts.Node as ts.ClassLikeDeclaration) : undefined;
    const known = node && (origin.state.exported || isExported(model, node) || isRegistered(model, node));
    const isReadable = node && !node.getSourceFile().isDeclarationFile && !known;
    classes.add(isReadable ? node : undefined);
  }).follow(expression, [], startState(''));
  return classes.size === 1 ? [...classes][0] : undefined;
}

/** Where a function of the call makes an error that is of the class here and is not when it arrives. */
function thrownInWorker(
  model: Model,
  call: WorkerCall,
  asked: ts.ClassLikeDeclaration,
): ts.NewExpression | undefined {
  for (const position of call.workers) {
    for (const worker of resolveWorkers(model, position)) {
      if (!('node' in worker) || !('body' in worker.node) || worker.node.body === undefined) continue;
      for (const fn of reachOf(model, worker.node as Body)) {
        const made = madeWithin(model, fn.body, asked);
        if (made) return made;
      }
    }
  }
  return undefined;
}

function madeWithin(
  model: Model,
  root: ts.Node,
  asked: ts.ClassLikeDeclaration,
): ts.NewExpression | undefined {
  const visit = (node: ts.Node): ts.NewExpression | undefined =>
    ts.isNewExpression(node) && losesClass(model, node.expression, asked)
      ? node
      : ts.forEachChild(node, visit);
  return visit(root);
}

/** From the class that is made up to the one that is asked for, no export: an exported one would bring it along. */
function losesClass(model: Model, made: ts.Expression, asked: ts.ClassLikeDeclaration): boolean {
  let node = localClass(model, made);
  for (let hops = 0; node !== undefined && hops < 8; hops++) {
    if (node === asked) return true;
    const base = model.baseOf(node);
    node = base && localClass(model, base);
  }
  return false;
}

function findingFor(
  model: Model,
  test: ts.BinaryExpression,
  asked: ts.ClassLikeDeclaration,
  call: WorkerCall,
  thrown: ts.NewExpression,
): Finding {
  const name = shownName(asked) ?? test.right.getText();
  const fix = exportFix(model, asked);
  const atTop = ts.isSourceFile(asked.parent);
  return {
    node: test,
    message:
      `\`${name}\` is exported by no module, so an error of it that a worker throws (${placeText(thrown)}) cannot be given its ` +
      `class back: here, after \`${call.name}\`, \`${test.getText()}\` is false. Instead: ` +
      (atTop
        ? `export the class, or tell the errors apart by a field such as \`code\`.`
        : 'declare the class at the top level of a module and export it, or tell the errors apart by a field such as `code`.'),
    path: name,
    chain: [`the error comes from the workers of ${call.name} (${placeText(call.node)})`],
    related: [
      { file: asked.getSourceFile().fileName, ...spanOf(asked), message: 'the class is declared here' },
      { file: thrown.getSourceFile().fileName, ...spanOf(thrown), message: 'the error is made here' },
    ],
    ...(fix && atTop && { fixes: [fix] }),
  };
}
