/**
 * How glibc gives memory outside of the heap back; other C libraries know none of this. By default each thread keeps an arena
 * of its own, and once a buffer of 7 MB has been let go of, the next ones come from memory that stays with the process.
 */
const SPARING = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1000000' };

/** The environment for a process of the analysis, which makes large buffers while it starts. What the user has set holds. */
export const sparingMemory = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...SPARING, ...env });
