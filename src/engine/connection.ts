/** Connections to Redis or Valkey, and what a server has to be. */
import type { Redis, RedisOptions } from 'ioredis';
import { JobError } from '../job/errors.ts';
import { shownAddress, text } from './address.ts';
import type { Libraries } from './libraries.ts';

/** Time in ms to reach the server at first. */
const REACH = 5000;
/** Time in ms after which a connection that gives no answer is made anew. */
const SILENCE = 30_000;

type ConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

/**
 * Reaches the server once. Gives what it is warned of.
 * @throws {JobError} when it cannot be reached, or may throw away what a run needs
 */
export async function checkServer(loaded: Libraries, url: URL): Promise<string[]> {
  const redis = connect(loaded, url, {
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    lazyConnect: true,
  });
  let last: unknown;
  redis.on('error', (error) => {
    last = error;
  });
  try {
    await redis.connect();
    await redis.ping();
    const policy = /maxmemory_policy:(\S+)/.exec(await redis.info('memory').catch(() => ''))?.[1];
    if (policy !== undefined && policy !== 'noeviction') {
      const reason = `its maxmemory-policy is ${policy}: it may throw away what a run needs`;
      throw refused(url, reason, 'Set maxmemory-policy noeviction.');
    }
    const isOff = /aof_enabled:0/.test(await redis.info('persistence').catch(() => ''));
    return isOff
      ? [
          `The engine ${shownAddress(url)} keeps nothing on disk: a run whose own process ends while the server does is lost. Set appendonly yes and appendfsync everysec.`,
        ]
      : [];
  } catch (error) {
    if (error instanceof JobError) throw error;
    throw refused(url, text(last ?? error), hintOf(last ?? error, url), error);
  } finally {
    redis.disconnect();
  }
}

function hintOf(error: unknown, { protocol }: URL): string {
  const { code = '' } = error as { readonly code?: string };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'Name the server in the URL as its certificate does.';
  if (/^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/.test(code))
    return 'Name the authority that signed its certificate in NODE_EXTRA_CA_CERTS (a file in PEM).';
  const speaksTls = protocol === 'rediss:' ? ', does it speak TLS' : '';
  return `Is the server running${speaksTls}, and are user and password right?`;
}

/** A connection that is made again whenever it is lost, and waits for that as long as it takes. */
export function connect(loaded: Libraries, url: URL, options: ConnectionOptions): Redis {
  const all: ConnectionOptions = {
    connectTimeout: REACH,
    socketTimeout: SILENCE,
    connectionName: 'manycore',
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(times * 100, 1000),
    ...options,
  };
  const redis = new loaded.Redis(url.href, all);
  // Each command that fails says so itself; a connection that is lost is made again.
  redis.on('error', () => {});
  return redis;
}

function refused(url: URL, reason: string, hint: string, cause?: unknown): JobError {
  const message = `The engine ${shownAddress(url)} cannot be used: ${reason}`;
  return new JobError('ERR_MANYCORE_ENGINE', message, { hint, exitCode: 3, cause });
}
