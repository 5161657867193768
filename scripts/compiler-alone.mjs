/** Entry of the bundle that holds the compiler. The bundle is the text of one function, not a module: see `bundles.mjs`. */
export { getLibFiles, ts } from '@ts-morph/common';
