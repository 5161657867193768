import { ts } from 'ts-morph';
import { isStaticMember, propertyName, unwrap } from './ast.ts';
import type { Model } from './model.ts';

/** One own field that `new X(...)` gives its instance. */
export interface InstanceField {
  readonly name: string;
  readonly node: ts.Node;
  /** What is stored, where it can be told; expressions of the class body may speak of the constructor's parameters. */
  readonly value?: ts.Expression;
}

/** Own fields of an instance: declared ones, parameter properties, and `this.x = ...` in the constructor. No `#private` ones. */
export function instanceFields(
  model: Model,
  declaration: ts.ClassLikeDeclaration,
  creation?: ts.NewExpression,
): InstanceField[] {
  const fields: InstanceField[] = [];
  const argumentFor = (parameter: ts.ParameterDeclaration): ts.Expression | undefined => {
    const index = parameter.parent.parameters.indexOf(parameter);
    const given = creation?.arguments?.[index];
    return given && !ts.isSpreadElement(given) ? given : parameter.initializer;
  };
  for (const member of declaration.members) {
    if (ts.isPropertyDeclaration(member) && !isStaticMember(member) && !ts.isPrivateIdentifier(member.name)) {
      const name = propertyName(member.name);
      if (name !== undefined)
        fields.push({ name, node: member, ...(member.initializer && { value: member.initializer }) });
    } else if (ts.isConstructorDeclaration(member)) {
      for (const parameter of member.parameters) {
        if (!ts.isParameterPropertyDeclaration(parameter, member)) continue;
        const value = argumentFor(parameter);
        fields.push({ name: parameter.name.getText(), node: parameter, ...(value && { value }) });
      }
      for (const statement of member.body?.statements ?? []) {
        const assigned = assignedField(statement);
        if (assigned === undefined) continue;
        const right = unwrap(assigned.right);
        const source = ts.isIdentifier(right) ? model.symbolAt(right)?.valueDeclaration : undefined;
        const value =
          source && ts.isParameter(source) && source.parent === member ? argumentFor(source) : right;
        fields.push({ name: assigned.name, node: statement, ...(value && { value }) });
      }
    }
  }
  return fields;
}

function assignedField(statement: ts.Statement): { name: string; right: ts.Expression } | undefined {
  if (!ts.isExpressionStatement(statement) || !ts.isBinaryExpression(statement.expression)) return undefined;
  const { left, right, operatorToken } = statement.expression;
  const isThis = ts.isPropertyAccessExpression(left) && left.expression.kind === ts.SyntaxKind.ThisKeyword;
  if (!isThis || ts.isPrivateIdentifier(left.name) || operatorToken.kind !== ts.SyntaxKind.EqualsToken)
    return undefined;
  return { name: left.name.text, right };
}
