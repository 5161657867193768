/** Entry of the bundle that holds the compiler. */
export { getLibFiles, ts } from '@ts-morph/common';
