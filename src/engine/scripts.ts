/** What the server does in one step. */
import type { Redis, Result } from 'ioredis';

/** A run that is over gets no output any more. Keeps the newest. */
const KEEP_OUTPUT = `if redis.call('hexists', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('rpush', KEYS[2], ARGV[2])
redis.call('ltrim', KEYS[2], -tonumber(ARGV[3]), -1)
return 1`;

/** Tells something to every host, and to one more. What nobody hears does not stay. */
const RING = `local time = redis.call('time')
local function ring(name)
  local key = ARGV[1] .. name
  redis.call('zadd', key, time[1] * 1000000 + time[2], ARGV[2])
  redis.call('expire', key, 60)
end
for _, host in ipairs(redis.call('hkeys', KEYS[1])) do ring(host) end
if ARGV[3] ~= '' then ring(ARGV[3]) end
return 1`;

/** A host leaves a queue: what rang for it rings for another one. */
const PASS_ON = `if redis.call('exists', KEYS[1]) == 1 then redis.call('zadd', KEYS[2], 0, '0') end
return 1`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    mcKeepOutput(
      runs: string,
      output: string,
      run: string,
      batch: string,
      max: number,
    ): Result<number, Context>;
    mcRing(hosts: string, bells: string, news: string, name: string): Result<number, Context>;
    mcPassOn(counter: string, marker: string): Result<number, Context>;
  }
}

export function defineScripts(redis: Redis): void {
  redis.defineCommand('mcKeepOutput', { numberOfKeys: 2, lua: KEEP_OUTPUT });
  redis.defineCommand('mcRing', { numberOfKeys: 1, lua: RING });
  redis.defineCommand('mcPassOn', { numberOfKeys: 2, lua: PASS_ON });
}
