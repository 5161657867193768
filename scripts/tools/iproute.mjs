/** Networks of their own for the tests of the engine. */
import { ensureProgram } from './program.mjs';

/** Path of `ip`, see `ensureProgram`. */
export const ensureIp = () =>
  ensureProgram({
    title: 'iproute2',
    variable: 'IP_PATH',
    names: ['ip'],
    places: ['/usr/sbin/ip', '/sbin/ip'],
    debian: 'iproute2',
  });
