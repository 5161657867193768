import { ts } from 'ts-morph';
import { isFunctionWithBody, placeText, shortText, shownName, spanOf } from '../ast.ts';
import { placeOf, type WorkerCall, type WorkerPosition, workerCalls } from '../calls.ts';
import { isErrorExpected } from '../expected.ts';
import type { Model } from '../model.ts';
import type { Finding, Rule } from '../rule.ts';
import { resolveWorkers, type Worker } from '../workers.ts';

/** A method of an instance, or a function that reads its own `this`, is used as a worker function. */
export const methodAsWorkerFunction: Rule = {
  name: 'method-as-worker-function',
  category: 'unserializable',
  severity: 'error',
  early: true,
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const call of workerCalls(model, file)) {
    if (isErrorExpected(call.node)) continue;
    for (const position of call.workers) {
      for (const worker of resolveWorkers(model, position)) {
        const finding = judge(worker, call, position);
        if (finding) yield finding;
      }
    }
  }
}

function judge(worker: Worker, call: WorkerCall, position: WorkerPosition): Finding | undefined {
  const node = placeOf(position);
  const chain = [`${shortText(node)} is to run in workers through ${call.name} (${placeText(call.node)})`];
  if (worker.kind === 'method' || (worker.kind === 'bound' && worker.ofMethod)) {
    return {
      node,
      message:
        `\`${shortText(node)}\` is a method of an object of this process: a worker imports exports of modules and has no such ` +
        `object, so \`${call.name}\` fails with NotImportableError. Instead: export a function that takes what the method ` +
        'needs as arguments.',
      path: shortText(node),
      chain,
      ...(worker.kind === 'method' && {
        related: [
          {
            file: worker.node.getSourceFile().fileName,
            ...spanOf(worker.node),
            message: 'the method is declared here',
          },
        ],
      }),
    };
  }
  if (worker.kind !== 'exported') return undefined;
  const place = ownThis(worker.node);
  if (place === undefined) return undefined;
  const name = shownName(worker.node) ?? shortText(node);
  return {
    node,
    message:
      `\`${name}\` reads \`this\`, and a worker calls it without an object: \`this\` is undefined there. Instead: give it what ` +
      'it needs as a parameter.',
    path: name,
    chain,
    related: [{ file: place.getSourceFile().fileName, ...spanOf(place), message: '`this` is read here' }],
  };
}

/** Where a function reads a member of its own `this`. Arrow functions have none. */
function ownThis(fn: ts.Node): ts.Node | undefined {
  if (!isFunctionWithBody(fn) || ts.isArrowFunction(fn)) return undefined;
  const visit = (node: ts.Node): ts.Node | undefined => {
    if (ts.isTypeNode(node) || ts.isClassLike(node)) return undefined;
    if (ts.isFunctionLike(node) && !ts.isArrowFunction(node)) return undefined;
    const reads =
      (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) &&
      node.expression.kind === ts.SyntaxKind.ThisKeyword &&
      node.questionDotToken === undefined;
    return reads ? node : ts.forEachChild(node, visit);
  };
  return visit(fn.body);
}
