import type { ts } from 'ts-morph';
import { placeText, resultsOf, shownName, spanOf } from '../ast.ts';
import { messageCalls, placeOf, workerCalls } from '../calls.ts';
import type { Model } from '../model.ts';
import { taskFunctionsIn } from '../results.ts';
import type { Finding, Rule } from '../rule.ts';
import { judgeSent } from '../sent.ts';
import { judgeResult, type Loss } from '../shape.ts';

/** Memory that threads share is sent to another process, which gets a copy of it or an error. */
export const sharedBufferCopied: Rule = {
  name: 'shared-buffer-copied',
  category: 'unserializable',
  severity: 'error',
  check,
};

function* check(model: Model, file: ts.SourceFile): Iterable<Finding> {
  for (const call of workerCalls(model, file)) {
    for (const position of call.sends) {
      const sent = findingFor(judgeSent(model, position).losses, placeOf(position), call.name);
      if (sent) yield { ...sent, chain: [`sent by ${call.name} (${placeText(call.node)})`] };
    }
  }
  for (const call of messageCalls(model, file)) {
    for (const position of call.messages) {
      const sent = findingFor(judgeSent(model, position).losses, placeOf(position), call.name);
      if (sent) yield { ...sent, chain: [`sent by ${call.name} (${placeText(call.node)})`] };
    }
  }
  for (const [fn, calls] of taskFunctionsIn(model, file)) {
    const [call] = calls;
    if (call === undefined) continue;
    for (const result of resultsOf(fn)) {
      const sent = findingFor(judgeResult(model, result).losses, result, call.name);
      const name = shownName(fn) ?? 'this function';
      if (sent)
        yield { ...sent, chain: [`${name} runs in workers through ${call.name} (${placeText(call.node)})`] };
    }
  }
}

function findingFor(losses: readonly Loss[], node: ts.Expression, sender: string): Finding | undefined {
  const loss = losses.find((one) => one.kind === 'shared');
  if (loss === undefined) return undefined;
  const isView = loss.name !== 'SharedArrayBuffer';
  return {
    node,
    message:
      (isView
        ? `\`${loss.path}\` lies in a SharedArrayBuffer, which threads share but processes do not: \`${sender}\` sends a copy ` +
          'without an error, and neither side sees what the other writes. '
        : `\`${loss.path}\` is a SharedArrayBuffer, which threads share but processes do not: \`${sender}\` fails with ` +
          'SerializationError. ') +
      `Instead: make it with \`${replacementFor(loss.name)}\` of the package, which is the same memory in every process that gets it.`,
    path: loss.path,
    related: [
      {
        file: loss.node.getSourceFile().fileName,
        ...spanOf(loss.node),
        message: `\`${loss.path}\` comes from here`,
      },
    ],
  };
}

const CODES: Readonly<Record<string, string>> = {
  Int8Array: 'i8',
  Uint8Array: 'u8',
  Int16Array: 'i16',
  Uint16Array: 'u16',
  Int32Array: 'i32',
  Uint32Array: 'u32',
  BigInt64Array: 'i64',
  BigUint64Array: 'u64',
  Float32Array: 'f32',
  Float64Array: 'f64',
};

function replacementFor(name: string): string {
  const code = CODES[name];
  return code === undefined ? 'new SharedMemory({ create: true, size })' : `SharedArray('${code}', length)`;
}
