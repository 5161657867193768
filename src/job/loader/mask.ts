/**
 * `source` with the content of comments, strings, templates and regular expressions blanked by spaces: every character
 * that is left is code, at the place where it was. Quotes stay, so that a literal can be told from an expression.
 * Light on purpose: a string ends at the end of its line, so that a misread apostrophe (JSX text) costs one line.
 */
export function maskSource(source: string): string {
  const out = source.split('');
  const blank = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = ' ';
  };
  /** For every open `${`, how many braces are open inside it. */
  const templates: number[] = [];
  let lastCode = '';
  let at = 0;
  const skip = (end: number, keepEnds: boolean) => {
    blank(keepEnds ? at + 1 : at, keepEnds ? end - 1 : end);
    at = end;
  };
  while (at < source.length) {
    const char = source[at] ?? '';
    const next = source[at + 1];
    if (char === '/' && next === '/') skip(endOfLine(source, at), false);
    else if (char === '/' && next === '*') skip(endOf(source, '*/', at + 2), false);
    else if (char === '#' && next === '!' && at === 0) skip(endOfLine(source, at), false);
    else if (char === '"' || char === "'") {
      const end = endOfString(source, at);
      if (source[end - 1] !== char || end === at + 1) blank(at + 1, end);
      skip(end, true);
      lastCode = char;
    } else if (char === '`' || (char === '}' && templates.at(-1) === 0)) {
      if (char === '}') templates.pop();
      const { end, open } = endOfQuasi(source, at + 1);
      if (open) templates.push(0);
      skip(end, true);
      if (open) blank(end - 2, end - 1);
      lastCode = open ? '{' : '`';
    } else if (char === '/' && regexMayBegin(out, at, lastCode)) {
      skip(endOfRegex(source, at), true);
      lastCode = ')';
    } else {
      const depth = templates.at(-1);
      if (depth !== undefined && char === '{') templates[templates.length - 1] = depth + 1;
      if (depth !== undefined && char === '}') templates[templates.length - 1] = depth - 1;
      if (!/\s/.test(char)) lastCode = char;
      at++;
    }
  }
  return out.join('');
}

/** Line from 1 of a place in `source`. */
export function lineAt(source: string, index: number): number {
  let line = 1;
  for (let i = source.indexOf('\n'); i !== -1 && i < index; i = source.indexOf('\n', i + 1)) line++;
  return line;
}

function endOfLine(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end === -1 ? source.length : end;
}

function endOf(source: string, text: string, from: number): number {
  const end = source.indexOf(text, from);
  return end === -1 ? source.length : end + text.length;
}

function endOfString(source: string, from: number): number {
  const quote = source[from];
  for (let i = from + 1; i < source.length; i++) {
    const char = source[i];
    if (char === '\\') i++;
    else if (char === quote) return i + 1;
    else if (char === '\n') return i;
  }
  return source.length;
}

/** The characters of a template up to its end or to the next `${`. */
function endOfQuasi(source: string, from: number): { end: number; open: boolean } {
  for (let i = from; i < source.length; i++) {
    const char = source[i];
    if (char === '\\') i++;
    else if (char === '`') return { end: i + 1, open: false };
    else if (char === '$' && source[i + 1] === '{') return { end: i + 2, open: true };
  }
  return { end: source.length, open: false };
}

function endOfRegex(source: string, from: number): number {
  let inClass = false;
  for (let i = from + 1; i < source.length; i++) {
    const char = source[i];
    if (char === '\\') i++;
    else if (char === '\n') return from + 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return i + 1;
  }
  return from + 1;
}

/** A slash divides after a value and begins a regular expression after anything else. */
function regexMayBegin(out: readonly string[], at: number, lastCode: string): boolean {
  if (lastCode === '' || '(,=:[!&|?{};+-*%<>~^'.includes(lastCode)) return true;
  if (!/[a-z]/.test(lastCode)) return false;
  const before = out
    .slice(Math.max(0, at - 16), at)
    .join('')
    .trimEnd();
  return /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|throw|delete|await|yield)$/.test(before);
}
