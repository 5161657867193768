/** Path of a `redis-server`. */
export function ensureRedis(): string;
