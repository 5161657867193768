/** The module that workers import for calls: beside this file in the source tree, beside the bundle when bundled. */
export const CALL_MODULE = new URL(
  import.meta.url.endsWith('.ts') ? './call-task.ts' : './call-task.js',
  import.meta.url,
);
