import { ts } from 'ts-morph';
import { spanBetween, unwrap } from '../ast.ts';
import type { Fix } from '../diagnostic.ts';
import { guardName } from './guard.ts';

/**
 * Writes another condition for one that guards wrongly: its opposite where it begins with `!`, or the guard that works in
 * every module. Undefined where that would need more than the condition.
 */
export function conditionFix(
  file: ts.SourceFile,
  condition: ts.Expression,
  by: 'opposite' | 'guard',
): Fix | undefined {
  const node = unwrap(condition);
  const replace = (newText: string) => ({
    file: file.fileName,
    ...spanBetween(file, node.getStart(file), node.end),
    newText,
  });
  if (by === 'opposite') {
    const isNegated = ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken;
    if (!isNegated) return undefined;
    const newText = node.operand.getText();
    return { title: `Write \`${newText}\``, edits: [replace(newText)] };
  }
  const guard = guardName(file);
  if (guard === undefined) return undefined;
  return {
    title: `Write \`${guard.condition}\``,
    edits: [replace(guard.condition), ...(guard.edit ? [guard.edit] : [])],
  };
}
