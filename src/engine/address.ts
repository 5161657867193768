import { usage } from '../job/check-config.ts';
import { JobError } from '../job/errors.ts';

/** Whoever can write to the queue runs code on every host, so that beyond this machine nobody may listen in or come unasked. */
export function checkAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'redis:' && url.protocol !== 'rediss:')) {
    throw usage(
      `--engine needs a URL such as redis://127.0.0.1:6379 or rediss://user:password@host:6380, got ${text}`,
    );
  }
  if (isLoopback(url)) return url;
  if (url.protocol !== 'rediss:')
    throw unsafe(
      `${url.host} is not this machine, and redis: is not encrypted`,
      'Use rediss:, with a server that speaks TLS.',
    );
  if (url.password === '')
    throw unsafe(
      `${url.host} is not this machine, and the URL has no password`,
      'Use rediss://USER:PASSWORD@HOST:PORT.',
    );
  return url;
}

export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);

/** Without its password, for messages. */
export function shownAddress(url: URL): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href.replace(/\/$/, '');
}

/** Without its password, for a command that somebody else runs. @throws {JobError} when it is none. */
export function withoutPassword(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'redis:' && url.protocol !== 'rediss:'))
    throw usage('--engine needs a URL such as rediss://user@host:6380');
  url.password = '';
  return url.href.replace(/\/$/, '');
}

function unsafe(message: string, hint: string): JobError {
  return new JobError('ERR_MANYCORE_ENGINE', `The engine is refused: ${message}`, { hint, exitCode: 3 });
}

export const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));
