/** Longest line that is passed on; the rest of it is left out, so that a process without line ends fills no memory. */
const MAX_LINE = 4_000;

/** Gives whole lines to `each` as chunks come in. Call `end` for a last line without its line end. */
export function lineSplitter(each: (line: string) => void): { push(chunk: string): void; end(): void } {
  let rest = '';
  return {
    push(chunk) {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = (lines.pop() ?? '').slice(0, MAX_LINE);
      for (const line of lines) each(line.slice(0, MAX_LINE));
    },
    end() {
      if (rest !== '') each(rest);
      rest = '';
    },
  };
}
