import { ts } from 'ts-morph';
import { isFunctionWithBody } from './ast.ts';

/**
 * What other files can see of a file: its text without the bodies of its functions, and the result types of those that
 * declare none. As long as it is the same, an edit has changed no type outside of the file. In JavaScript bodies declare
 * members, so they count.
 */
export function signatureOf(checker: ts.TypeChecker, file: ts.SourceFile): string {
  if (/\.[cm]?jsx?$/.test(file.fileName)) return file.text;
  const parts: string[] = [];
  let at = 0;
  const visit = (node: ts.Node): void => {
    if (!isFunctionWithBody(node)) {
      ts.forEachChild(node, visit);
      return;
    }
    for (const parameter of node.parameters) visit(parameter);
    parts.push(file.text.slice(at, node.body.pos), resultType(checker, node));
    at = node.body.end;
  };
  visit(file);
  return [...parts, file.text.slice(at)].join('\0');
}

function resultType(checker: ts.TypeChecker, node: ts.SignatureDeclaration): string {
  if (node.type !== undefined || ts.isConstructorDeclaration(node) || ts.isSetAccessor(node)) return '';
  const signature = checker.getSignatureFromDeclaration(node);
  if (signature === undefined) return '';
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseFullyQualifiedType;
  return checker.typeToString(checker.getReturnTypeOfSignature(signature), undefined, flags);
}
