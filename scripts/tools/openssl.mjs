/** Certificates for the tests of the engine. */
import { ensureProgram } from './program.mjs';

/** Path of `openssl`, see `ensureProgram`. */
export const ensureOpenssl = () =>
  ensureProgram({ title: 'OpenSSL', variable: 'OPENSSL_PATH', names: ['openssl'], debian: 'openssl' });
