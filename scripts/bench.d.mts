/** Types of `bench.mjs`, for the tests of the benchmark. */
export function prepareBench(): Promise<string>;
