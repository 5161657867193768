import type { Diagnostic, Fix } from './diagnostic.ts';
import { overlap } from './text-edit.ts';

/** The first fix of each diagnostic, as far as they can be applied together; the same one offered twice counts once. */
export function chooseFixes(diagnostics: readonly Diagnostic[]): { file: string; fix: Fix }[] {
  const chosen: { file: string; fix: Fix }[] = [];
  for (const { file, fixes } of diagnostics) {
    const [fix] = fixes;
    if (fix === undefined) continue;
    const collides = chosen.some((other) =>
      other.fix.edits.some((a) => fix.edits.some((b) => a.file === b.file && overlap(a, b))),
    );
    if (!collides) chosen.push({ file, fix });
  }
  return chosen;
}
