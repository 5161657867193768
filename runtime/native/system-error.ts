/** Errors of the operating system. */
import { getSystemErrorMap } from 'node:util';

/** As Node's own: `code`, `errno`, `syscall` and, if known, `path`. `number` is the positive one of Node's map of errors. */
export function systemError(number: number, syscall: string, path?: string, text?: string): Error {
  const [code, description] = getSystemErrorMap().get(-number) ?? [`errno ${number}`, 'unknown error'];
  const place = path === undefined ? '' : ` '${path}'`;
  const error = new Error(text ?? `${code}: ${description}, ${syscall}${place}`);
  return Object.assign(error, { code, errno: -number, syscall, ...(path === undefined ? {} : { path }) });
}
