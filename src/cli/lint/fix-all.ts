import { chmodSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Analyser, Diagnostic, Fix } from '../../analysis/analyse.ts';
import { chooseFixes } from '../../analysis/choose-fixes.ts';
import { applyEdits } from '../../analysis/text-edit.ts';
import type { FixReport } from './protocol.ts';

/** A fix may make another one possible, but not without end. */
const MAX_ROUNDS = 10;
const CHANGED = 'its text changed while it was analysed';

/**
 * Applies the first fix of every diagnostic, round after round until none is left, and writes what came of it. Edits that
 * touch the same text wait for the next round. A file whose text on disk is not the one that was analysed is left alone.
 */
export async function fixAll(
  analyser: Analyser,
  diagnose: () => Promise<readonly Diagnostic[]>,
): Promise<FixReport> {
  const originals = new Map<string, string>();
  const texts = new Map<string, string>();
  const changed = new Set<string>();
  const canEdit = ({ edits }: Fix): boolean => {
    for (const { file } of edits) {
      if (texts.has(file) || changed.has(file)) continue;
      const text = readFileSync(file, 'utf8');
      if (analyser.isCurrent(file, text)) {
        originals.set(file, text);
        texts.set(file, text);
      } else changed.add(file);
    }
    return !edits.some(({ file }) => changed.has(file));
  };
  const made: { file: string; title: string }[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const fixes = chooseFixes(await diagnose()).filter(({ fix }) => canEdit(fix));
    if (fixes.length === 0) break;
    const edits = fixes.flatMap(({ fix }) => fix.edits);
    for (const file of new Set(edits.map((edit) => edit.file))) {
      const fixed = applyEdits(
        texts.get(file) ?? '',
        edits.filter((edit) => edit.file === file),
      );
      texts.set(file, fixed);
      analyser.setOverlay(file, fixed);
    }
    made.push(...fixes.map(({ file, fix }) => ({ file, title: fix.title })));
  }
  const left = [...changed].map((file) => ({ file, reason: CHANGED }));
  for (const [file, text] of texts) {
    if (text === originals.get(file)) continue;
    const reason = replaceText(file, originals.get(file) ?? '', text);
    if (reason !== undefined) left.push({ file, reason });
    analyser.setOverlay(file, null);
  }
  const isWritten = (file: string): boolean => !left.some((one) => one.file === file);
  return { made: made.filter(({ file }) => isWritten(file)), left };
}

/** Writes a text in place of another one. Gives the reason when it did not. */
function replaceText(file: string, before: string, after: string): string | undefined {
  const target = realpathSync(file);
  const temporary = `${target}.${process.pid}.manycore`;
  try {
    writeFileSync(temporary, after);
    chmodSync(temporary, statSync(target).mode);
    if (readFileSync(target, 'utf8') !== before) throw new Error(CHANGED);
    renameSync(temporary, target);
    return undefined;
  } catch (error) {
    rmSync(temporary, { force: true });
    return error instanceof Error ? error.message : String(error);
  }
}
