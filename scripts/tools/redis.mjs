/** A server for the tests and the demonstration of the engine. */
import { ensureProgram } from './program.mjs';

/** Path of a `redis-server` or `valkey-server`, see `ensureProgram`. The service that Debian's package starts is not used. */
export const ensureRedis = () =>
  ensureProgram({
    title: 'Redis or Valkey',
    variable: 'REDIS_SERVER_PATH',
    names: ['redis-server', 'valkey-server'],
    debian: 'redis-server',
  });
