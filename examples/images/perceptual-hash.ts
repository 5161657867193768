const SIZE = 32;
const LOW = 8;

/**
 * The hash of Zauner's pHash (2010): the 8 x 8 lowest frequencies of a 32 x 32 grey image (a two-dimensional cosine
 * transform, without the mean), one bit for each that is above their median. As 16 hex digits.
 */
export function perceptualHash(grey: Uint8Array): string {
  const low = lowFrequencies(grey);
  const median = low.toSorted()[(LOW * LOW) / 2] ?? 0;
  let hash = 0n;
  for (const value of low) hash = (hash << 1n) | (value > median ? 1n : 0n);
  return hash.toString(16).padStart(16, '0');
}

/** In how many of the 64 bits two hashes differ. */
export function hashDistance(one: string, other: string): number {
  let bits = 0;
  for (let at = 0; at < 16; at += 8) {
    let difference =
      Number.parseInt(one.slice(at, at + 8), 16) ^ Number.parseInt(other.slice(at, at + 8), 16);
    for (; difference !== 0; difference &= difference - 1) bits++;
  }
  return bits;
}

/** Rows first, then columns; frequencies 1 to 8 of each. */
function lowFrequencies(grey: Uint8Array): Float64Array {
  const rows = new Float64Array(SIZE * LOW);
  for (let y = 0; y < SIZE; y++) {
    for (let frequency = 0; frequency < LOW; frequency++) {
      let sum = 0;
      for (let x = 0; x < SIZE; x++) sum += (grey[y * SIZE + x] ?? 0) * cosine(x, frequency + 1);
      rows[y * LOW + frequency] = sum;
    }
  }
  const low = new Float64Array(LOW * LOW);
  for (let frequency = 0; frequency < LOW; frequency++) {
    for (let across = 0; across < LOW; across++) {
      let sum = 0;
      for (let y = 0; y < SIZE; y++) sum += (rows[y * LOW + across] ?? 0) * cosine(y, frequency + 1);
      low[frequency * LOW + across] = sum;
    }
  }
  return low;
}

function cosine(position: number, frequency: number): number {
  return Math.cos((Math.PI / SIZE) * (position + 0.5) * frequency);
}
