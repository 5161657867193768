/**
 * A value of a column as a function takes it: an integer of 64 bits is a number where a double holds it exactly and a
 * bigint beyond, what is missing is null. Dates, bytes and typed arrays stay as they are. Works in place.
 */
export function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }
  if (value === undefined) return null;
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return Array.from(value, plainValue);
  if (ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = plainValue(value[i]);
    return value;
  }
  if (value instanceof Map) {
    return new Map(Array.from(value, ([key, element]) => [plainValue(key), plainValue(element)]));
  }
  return plainRow(value as Record<string, unknown>);
}

/** The same for every property of a record. */
export function plainRow(row: Record<string, unknown>): Record<string, unknown> {
  for (const key of Object.keys(row)) {
    const value = row[key];
    if (typeof value !== 'string' && typeof value !== 'number') row[key] = plainValue(value);
  }
  return row;
}
