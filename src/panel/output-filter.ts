import type { OutputLine } from '../protocol/run.ts';

export interface OutputFilter {
  /** Null for every worker, every item and both streams. */
  readonly worker: number | null;
  readonly item: number | null;
  readonly stream: OutputLine['stream'] | null;
  /** Anywhere in the line, whatever the case. */
  readonly text: string;
}

/** The lines that a filter lets through, in their order. */
export function filterLines(lines: readonly OutputLine[], filter: OutputFilter): readonly OutputLine[] {
  const { worker, item, stream } = filter;
  const text = filter.text.trim().toLowerCase();
  if (worker === null && item === null && stream === null && text === '') return lines;
  return lines.filter(
    (line) =>
      (worker === null || line.worker === worker) &&
      (item === null || line.item === item) &&
      (stream === null || line.stream === stream) &&
      (text === '' || line.text.toLowerCase().includes(text)),
  );
}
