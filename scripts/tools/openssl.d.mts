/** Path of `openssl`. */
export function ensureOpenssl(): string;
