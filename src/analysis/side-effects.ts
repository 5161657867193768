import { ts } from 'ts-morph';
import { shownName, unwrap } from './ast.ts';
import { type Goal, makeGoal } from './entry.ts';
import type { Model } from './model.ts';
import { nodeName } from './node-names.ts';
import { usesOf } from './occurrences.ts';
import { stateFiles } from './where-runs.ts';
import { workerRunOf } from './worker-set.ts';

type Call = ts.CallExpression | ts.NewExpression;

/** What a call does that is done once for a program, not once for a process; undefined for all else. */
export const sideEffectOf = (model: Model, call: Call): string | undefined =>
  model.once(findEffect, call, undefined);

/** Such calls, in code that modules run while they are imported. */
export const SIDE_EFFECTS: Goal = makeGoal(
  (model, call) => sideEffectOf(model, call) !== undefined,
  (model, file) => stateFiles(model).has(file),
);

const WRITES = /^fs\.(writeFile|appendFile|rm|rmdir|unlink|rename|truncate|cp|copyFile)(Sync)?$/;
const SERVERS = /^(http|https|http2|net|tls|express|fastify|koa|polka|restify|connect|@hapi\/hapi)(\.|$)/;
const CONNECTING =
  /^(mongodb\.MongoClient|pg\.(Client|Pool)|redis\.createClient|typeorm\.DataSource|@prisma\/client\.PrismaClient)/;
const CONNECTS = /^(mysql2?\.createConnection|amqplib\.connect|nats\.connect|mongodb\.MongoClient\.connect)$/;

function findEffect(model: Model, call: Call): string | undefined {
  const callee = unwrap(call.expression);
  const name = nodeName(model, callee);
  if (ts.isNewExpression(call)) {
    if (name === 'worker_threads.Worker') return 'starts a thread';
    const listens =
      (name === 'ws.WebSocketServer' || name === 'ws.Server') && /\bport\b/.test(call.getText());
    return listens ? 'opens a port' : undefined;
  }
  if (name !== undefined) {
    const [first] = call.arguments;
    if (WRITES.test(name) || isTruncating(name, call))
      return first && isOwnPath(first)
        ? undefined
        : isConditional(call)
          ? undefined
          : 'writes to the file system';
    if (name === 'setInterval')
      return isUnreferenced(call) ? undefined : 'starts a timer that goes on for ever';
    if (
      /^process\.(on|once|addListener|prependListener)$/.test(name) &&
      first &&
      ts.isStringLiteralLike(first)
    )
      return first.text.startsWith('SIG') ? `handles ${first.text}` : undefined;
    if (/^child_process\.(spawn|fork)$/.test(name) || name === 'cluster.fork') return 'starts a process';
    if (name === '@hono/node-server.serve') return 'opens a port';
    if (CONNECTS.test(name)) return isUsedByWorkers(model, call) ? undefined : 'opens a connection';
  }
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const method = callee.name.text;
  const maker = METHODS.has(method) ? makerName(model, callee.expression, 0) : undefined;
  if (maker === undefined) return undefined;
  if (method === 'listen' || method === 'bind')
    return SERVERS.test(maker) || maker === 'dgram.createSocket' ? 'opens a port' : undefined;
  if (method === 'exec') {
    const isDatabase = /^(better-sqlite3|sqlite\.DatabaseSync)/.test(maker);
    return isDatabase && DEFINES.test(call.arguments[0]?.getText() ?? '')
      ? 'changes the database'
      : undefined;
  }
  return CONNECTING.test(maker) && !isUsedByWorkers(model, callee.expression)
    ? 'opens a connection'
    : undefined;
}

const METHODS = new Set(['listen', 'bind', 'exec', 'connect', '$connect', 'initialize']);
const DEFINES = /\b(CREATE|DROP|ALTER|INSERT|DELETE|UPDATE)\b/i;

function isTruncating(name: string, call: Call): boolean {
  return name === 'fs.createWriteStream' && !/flags:\s*['"]a/.test(call.arguments?.[1]?.getText() ?? '');
}

/** The path is one for each process or each run. */
const isOwnPath = (path: ts.Expression): boolean =>
  /\bpid\b|random|uuid|tmp|temp|Date\.now/i.test(path.getText());

/** Done only where it is not done yet: `if (!existsSync(path)) ...`. */
function isConditional(call: ts.Node): boolean {
  for (let up = call.parent; up !== undefined && !ts.isFunctionLike(up); up = up.parent)
    if (ts.isIfStatement(up) && /exists|access|stat/i.test(up.expression.getText())) return true;
  return false;
}

/** `setInterval(...).unref()`, or of the variable that holds it. */
function isUnreferenced(call: Call): boolean {
  const { parent } = call;
  if (ts.isPropertyAccessExpression(parent)) return parent.name.text === 'unref';
  const name = ts.isVariableDeclaration(parent) ? shownName(call) : undefined;
  return (
    name !== undefined &&
    new RegExp(`\\b${name.replace(/\W/g, '\\$&')}\\.unref\\(`).test(call.getSourceFile().text)
  );
}

/** Full name of what made a value: `http.createServer`, `express`. */
function makerName(model: Model, expression: ts.Expression, hops: number): string | undefined {
  const node = unwrap(expression);
  if (hops > 5) return undefined;
  if (ts.isAwaitExpression(node)) return makerName(model, node.expression, hops + 1);
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    const name = nodeName(model, node.expression);
    if (name !== undefined) return name;
    const callee = unwrap(node.expression);
    return ts.isPropertyAccessExpression(callee) ? makerName(model, callee.expression, hops + 1) : undefined;
  }
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return undefined;
  const declaration = model.symbolAt(ts.isIdentifier(node) ? node : node.name)?.valueDeclaration;
  const isHolder =
    declaration && (ts.isVariableDeclaration(declaration) || ts.isPropertyDeclaration(declaration));
  return isHolder && declaration.initializer
    ? makerName(model, declaration.initializer, hops + 1)
    : undefined;
}

/** Workers use what is made: they need a connection of their own. */
function isUsedByWorkers(model: Model, made: ts.Expression): boolean {
  let node: ts.Node = made;
  while (ts.isAwaitExpression(node.parent) || ts.isParenthesizedExpression(node.parent)) node = node.parent;
  const name = ts.isVariableDeclaration(node.parent) ? node.parent.name : unwrap(made);
  const symbol = ts.isIdentifier(name) ? model.symbolAt(name) : undefined;
  if (symbol === undefined) return !ts.isExpressionStatement(node.parent);
  for (const file of stateFiles(model)) {
    if (usesOf(model, file, symbol).some((use) => workerRunOf(model, use) !== undefined)) return true;
  }
  return false;
}
