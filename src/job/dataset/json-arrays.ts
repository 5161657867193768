import { type ParsedTokenInfo, Tokenizer, TokenType } from '@streamparser/json';
import { MAX_ARRAYS } from '../../protocol/preview.ts';
import { readFileBytes } from './bytes.ts';

/** Bytes of a file that are looked through. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * JSON Pointers, by their keys, of the arrays in the objects of a JSON file: the first `MAX_ARRAYS`, outermost first. An
 * array inside of an array is not among them. What cannot be read ends the search.
 */
export async function findArrays(file: string): Promise<string[][]> {
  const search = new ArraySearch();
  let bytes = 0;
  for await (const chunk of readFileBytes(file)) {
    bytes += chunk.length;
    if (search.push(chunk) || bytes > MAX_BYTES) break;
  }
  return search.found.toSorted((one, other) => one.length - other.length);
}

class ArraySearch {
  readonly found: string[][] = [];
  readonly #tokenizer = new Tokenizer();
  /** Keys of the open objects that lead to this place; the last is the key that was read last. */
  readonly #keys: string[] = [];
  #isKey = false;
  /** Open brackets from the outermost array on. */
  #inArray = 0;

  constructor() {
    this.#tokenizer.onToken = (token) => this.#take(token);
  }

  /** True when there is nothing more to look for. */
  push(chunk: Buffer): boolean {
    try {
      this.#tokenizer.write(chunk);
    } catch {
      return true; // Not JSON from here on.
    }
    return this.found.length >= MAX_ARRAYS;
  }

  #take({ token, value }: ParsedTokenInfo): void {
    const opens = token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET;
    const closes = token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET;
    if (this.#inArray > 0) this.#inArray += opens ? 1 : closes ? -1 : 0;
    else if (token === TokenType.LEFT_BRACKET) {
      if (this.found.length < MAX_ARRAYS) this.found.push([...this.#keys]);
      this.#inArray = 1;
    } else if (token === TokenType.LEFT_BRACE) {
      this.#keys.push('');
      this.#isKey = true;
    } else if (token === TokenType.RIGHT_BRACE) {
      this.#keys.pop();
    } else if (token === TokenType.COMMA) {
      this.#isKey = true;
    } else if (token === TokenType.STRING && this.#isKey) {
      this.#keys[this.#keys.length - 1] = String(value);
      this.#isKey = false;
    }
  }
}
