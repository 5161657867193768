/** One `manycore-ignore-...` comment. */
interface Suppression {
  /** Line that it speaks of, or null for the whole file. */
  readonly line: number | null;
  /** Rules named; none means all. */
  readonly rules: readonly string[];
  readonly hasReason: boolean;
}

/** What a text suppresses: `// manycore-ignore-next-line <rule> -- reason`, `// manycore-ignore-file <rule> -- reason`. */
export class Suppressions {
  readonly #all: readonly Suppression[];

  constructor(text: string) {
    this.#all = text.includes('manycore-ignore-') ? parse(text) : [];
  }

  /** `yes`: stay silent. `no-reason`: there is a comment, but it does not say why, so it does not count. */
  covers(rule: string, line: number): 'yes' | 'no' | 'no-reason' {
    let answer: 'no' | 'no-reason' = 'no';
    for (const one of this.#all) {
      if (one.line !== null && one.line !== line) continue;
      if (one.rules.length > 0 && !one.rules.includes(rule)) continue;
      if (one.hasReason) return 'yes';
      answer = 'no-reason';
    }
    return answer;
  }
}

const COMMENT = /(?:\/\/|\/\*)\s*manycore-ignore-(next-line|file)\b([^\n]*)/;

function parse(text: string): Suppression[] {
  return text.split('\n').flatMap((content, index) => {
    const match = COMMENT.exec(content);
    if (!match) return [];
    const [names = '', reason = ''] = (match[2] ?? '').replace(/\*\/.*$/, '').split(/\s--\s/, 2);
    const rules = names.split(/[\s,]+/).filter((name) => name !== '' && name !== '--');
    return [{ line: match[1] === 'file' ? null : index + 2, rules, hasReason: reason.trim() !== '' }];
  });
}
