import { usage } from '../job/check-config.ts';
import { JobError } from '../job/errors.ts';

/** The password, for those who do not want it in the list of processes. */
export const PASSWORD_VARIABLE = 'MANYCORE_ENGINE_PASSWORD';

/** Whoever can write to the queue runs code on every host, so that beyond this machine nobody may listen in or come unasked. */
export function checkAddress(text: string, env: NodeJS.ProcessEnv = process.env): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'redis:' && url.protocol !== 'rediss:')) {
    throw usage(
      `--engine needs a URL such as redis://127.0.0.1:6379 or rediss://user:password@host:6380, got ${text.replace(/:[^:@/]*@/, ':***@')}`,
    );
  }
  const password = takePassword(env);
  if (url.password === '' && password !== undefined) url.password = encodeURIComponent(password);
  if (isLoopback(url)) return url;
  if (url.protocol !== 'rediss:')
    throw unsafe(
      `${url.host} is not this machine, and redis: is not encrypted`,
      'Use rediss:, with a server that speaks TLS.',
    );
  if (url.password === '')
    throw unsafe(
      `${url.host} is not this machine, and the URL has no password`,
      `Use rediss://USER:PASSWORD@HOST:PORT, or give the password in ${PASSWORD_VARIABLE}.`,
    );
  return url;
}

export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);

let taken: string | undefined;

/** Workers that run the user's code inherit the environment: from now on the password is not to be found there. */
function takePassword(env: NodeJS.ProcessEnv): string | undefined {
  taken = env[PASSWORD_VARIABLE] || taken;
  delete env[PASSWORD_VARIABLE];
  return taken;
}

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
