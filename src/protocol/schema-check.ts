import type { MemberNode, ValueNode } from '@humanwhocodes/momoa';

/** A place in a JSON text, and what is wrong there. Line and column from 1. */
export interface JsonProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** The part of JSON Schema that this project's own schemas use; a test holds them to it. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly examples?: readonly unknown[];
}

/** Everything in which an object is not what `schema` says: a key that it does not know, one that is missing, a wrong value. */
export function checkObject(node: ValueNode, schema: Schema, name: string): JsonProblem[] {
  if (node.type !== 'Object') return [problemAt(node, `${name} must be an object, in { }`)];
  const { properties = {}, required = [] } = schema;
  const problems: JsonProblem[] = [];
  const seen = new Set<string>();
  for (const member of node.members) {
    const key = nameOf(member.name);
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (seen.has(key)) problems.push(problemAt(member.name, `${name} has the key "${key}" twice`));
    seen.add(key);
    if (known === undefined) {
      const keys = Object.keys(properties).filter((each) => !each.startsWith('$'));
      problems.push(
        problemAt(member.name, `${name} has the unknown key "${key}"; known are ${keys.join(', ')}`),
      );
    } else if (!fits(member.value, known)) {
      problems.push(
        problemAt(member.value, `"${key}" must be ${wanted(known)}, got ${received(member.value)}`),
      );
    }
  }
  for (const key of required)
    if (!seen.has(key)) problems.push(problemAt(node, `${name} lacks the key "${key}"`));
  return problems;
}

export function nameOf(node: MemberNode['name']): string {
  return node.type === 'String' ? node.value : node.name;
}

export function problemAt({ loc }: { loc: ValueNode['loc'] }, message: string): JsonProblem {
  return { message, line: loc.start.line, column: loc.start.column };
}

/** Objects and lists are looked at no deeper. */
function fits(node: ValueNode, schema: Schema): boolean {
  if (schema.anyOf !== undefined) return schema.anyOf.some((each) => fits(node, each));
  if (schema.enum !== undefined) return 'value' in node && schema.enum.includes(node.value);
  switch (schema.type) {
    case 'integer':
      return (
        node.type === 'Number' &&
        Number.isSafeInteger(node.value) &&
        node.value >= (schema.minimum ?? Number.MIN_SAFE_INTEGER) &&
        node.value <= (schema.maximum ?? Number.MAX_SAFE_INTEGER)
      );
    case 'string':
      return (
        node.type === 'String' &&
        node.value.length >= (schema.minLength ?? 0) &&
        (schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(node.value))
      );
    case 'boolean':
      return node.type === 'Boolean';
    case 'array':
      return node.type === 'Array';
    default:
      return node.type === 'Object';
  }
}

/** What a value must be, in words. */
function wanted(schema: Schema): string {
  if (schema.anyOf !== undefined) return alternatives(schema.anyOf.map(wanted)) + suchAs(schema);
  if (schema.enum !== undefined) return alternatives(schema.enum.map((each) => JSON.stringify(each)));
  const { type, minimum, maximum, pattern, minLength = 0 } = schema;
  if (type === 'integer') {
    const from = minimum === undefined ? '' : ` from ${minimum}`;
    return `a whole number${from}${maximum === undefined ? '' : ` to ${maximum}`}`;
  }
  if (type === 'string') {
    const kind = pattern === undefined ? 'a text' : 'a text of its form';
    return `${kind}${minLength > 0 ? ' that is not empty' : ''}${suchAs(schema)}`;
  }
  return type === 'boolean' ? 'true or false' : type === 'array' ? 'a list, in [ ]' : 'an object, in { }';
}

function suchAs({ examples = [] }: Schema): string {
  const last = examples.at(-1);
  return last === undefined ? '' : `, such as ${JSON.stringify(last)}`;
}

function alternatives(texts: readonly string[]): string {
  return texts.length === 1 ? (texts[0] ?? '') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
}

const LONGEST = 60;

function received(node: ValueNode): string {
  if (node.type === 'Object') return 'an object';
  if (node.type === 'Array') return 'a list';
  const text = 'value' in node ? JSON.stringify(node.value) : node.type.toLowerCase();
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
