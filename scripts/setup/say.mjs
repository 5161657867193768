/** What the scripts tell people: one plain line for each thing that is done, and how an error ends a script. */

/** A failure that is explained to the user in words: no stack is printed for it. */
export class SetupError extends Error {
  name = 'SetupError';
}

export const say = (text) => console.error(`manycore: ${text}`);

/** Time in words: `0.4 s`, `73 s`. */
export const seconds = (ms) => `${ms < 10_000 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)} s`;

/** Runs the body of a script; ends the process with its exit code, or with 1 and the reason. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    console.error(error instanceof SetupError ? `manycore: ${error.message}` : error);
    process.exitCode = 1;
  }
}
