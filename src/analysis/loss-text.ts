import type { Loss } from './shape.ts';

/** `an AbortSignal`. */
export const article = (name: string): string => `${/^[AEIOU]/i.test(name) ? 'an' : 'a'} ${name}`;

/** What to do about an instance that loses members; `verb` is `send` or `return`, `receiver` the process that gets it. */
export function instanceAdvice(loss: Loss, verb: string, receiver: string): string {
  if (!loss.isOwn) return `${verb} what the ${receiver} needs to know of it as plain data`;
  const plain = `${verb} plain data and make the ${loss.name} in the ${receiver}`;
  return `${plain}, or call \`registerClass(${loss.name}, { toPlain, fromPlain })\` in the module that exports it`;
}
