import { inspect } from 'node:util';
import { describeError } from '../job/error-text.ts';
import { JobError } from '../job/errors.ts';
import type { ChosenItem } from '../job/one-item.ts';
import { valueText } from '../job/value-text.ts';
import type { RunConfig, RunExitCode } from '../protocol/run.ts';
import { plainText } from '../report/plain-text.ts';
import type { Paint } from './paint.ts';

/** Longest text of an item that is shown. */
const SHOWN = 400;

/**
 * Runs one item in this process, prints what it gives, and tells the exit code: 1 when it failed.
 * @throws {JobError} when there is no such item or function
 */
export async function debugItem(
  config: RunConfig,
  chosen: ChosenItem,
  { json, stream, paint }: { json: boolean; stream: NodeJS.WriteStream; paint: Paint },
): Promise<RunExitCode> {
  const { prepareOneItem } = await import('../job/one-item.ts');
  const one = await prepareOneItem(config, chosen);
  const name = 'index' in chosen ? `item ${chosen.index}` : 'item';
  const input = plainText(valueText(one.item)).slice(0, SHOWN);
  stream.write(`${paint('bold', one.function)} ${name} ${paint('dim', input)}\n`);
  const outcome = await one.call();
  if (outcome.ok) {
    if (json) process.stdout.write(`${valueText(outcome.value)}\n`);
    else stream.write(`${paint('green', 'value')} ${shown(outcome.value, stream)}\n`);
    return 0;
  }
  const { name: kind, message, at, stack } = describeError(outcome.thrown);
  const place = at === undefined ? '' : `\n    at ${at.file}:${at.line}:${at.column}`;
  stream.write(`  ${paint('red', name)} ${kind}: ${plainText(message).split('\n')[0]}${place}\n`);
  if (stack !== undefined) stream.write(`${paint('dim', plainText(stack))}\n`);
  return 1;
}

/** `K`, an item of the dataset from 0, or `json:VALUE`. Throws a `JobError`. */
export function chosenItem(text: string): ChosenItem {
  if (/^\d+$/.test(text)) return { index: Number(text) };
  try {
    if (text.startsWith('json:')) return { value: JSON.parse(text.slice('json:'.length)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new JobError('ERR_MANYCORE_USAGE', `--debug-item ${text} is not JSON: ${reason}`);
  }
  throw new JobError(
    'ERR_MANYCORE_USAGE',
    `--debug-item must be a whole number from 0 or json:VALUE, got ${text}`,
    {
      hint: `Such as --debug-item 3 or --debug-item 'json:{"city":"Oslo"}'.`,
    },
  );
}

function shown(value: unknown, stream: NodeJS.WriteStream): string {
  return inspect(value, { depth: 6, colors: stream.isTTY === true && process.env['NO_COLOR'] === undefined });
}
