/** Path of a `ip`. */
export function ensureIp(): string;
