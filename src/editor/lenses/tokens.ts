/**
 * Tokens of TypeScript and JavaScript, as much as is needed to find what a file exports.
 *
 * Made for text that is being typed: it never throws, an unclosed string ends with its line, and an unclosed template
 * or comment is taken for closed at the end of its line, so that one stray quote does not hide the rest of the file.
 */

export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'template' | 'regex' | 'punctuation';
  readonly text: string;
  /** Offset in the text. */
  readonly begin: number;
  readonly end: number;
  /** From 0. */
  readonly line: number;
  readonly column: number;
  /** First token of its line. */
  readonly leads: boolean;
}

/** Unclosed templates and comments that are given a second look; each costs one pass at most. */
const MAX_REWINDS = 16;

const word = /[\p{ID_Start}$_#@\\][\p{ID_Continue}$\\]*/uy;
const number = /(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d+)?)n?/y;
const punctuation =
  /\.\.\.|=>|===|!==|==|!=|<=|>=|&&=|\|\|=|\?\?=|&&|\|\||\?\?|\?\.|\*\*|\+\+|--|[-+*/%&|^]=|[{}()[\];,<>+\-*/%&|^!~?:=.]/y;

const [STAR, DOT, SLASH] = [0x2a, 0x2e, 0x2f];
/** What an ASCII character may be part of. Most of a text is told by this alone, many times as fast as by the expressions. */
const classes = new Uint8Array(128);
const [BLANK, BEGINS_WORD, IN_WORD, IS_DIGIT, ALONE] = [1, 2, 4, 8, 16];
for (const [characters, is] of [
  [' \t\r\n', BLANK],
  ['abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$_\\', BEGINS_WORD | IN_WORD],
  ['#@', BEGINS_WORD],
  ['0123456789', IS_DIGIT | IN_WORD],
  // No longer punctuation begins with these.
  ['{}()[];,~:', ALONE],
] as const) {
  for (const character of characters) classes[character.charCodeAt(0)] = is;
}

/** Words after which a slash begins a regular expression. */
const beforeRegex = new Set(
  'return typeof instanceof in of new delete void throw case do else yield await default extends'.split(' '),
);

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  /** One entry for every open `${`: how many braces are open inside it. */
  const templates: number[] = [];
  let at = text.startsWith('#!') ? endOfLine(text, 0) : 0;
  let line = 0;
  let lineBegin = 0;
  let leads = true;
  let rewinds = 0;

  /** Offset of the first line end that is not behind `at`. */
  let nextLine = endOfLine(text, 0);

  const countLines = (to: number): void => {
    while (nextLine < to) {
      line++;
      lineBegin = nextLine + 1;
      leads = true;
      nextLine = endOfLine(text, lineBegin);
    }
  };
  const push = (kind: Token['kind'], end: number): void => {
    tokens.push({ kind, text: text.slice(at, end), begin: at, end, line, column: at - lineBegin, leads });
    leads = false;
    at = end;
    countLines(end);
  };
  const skipTo = (end: number): void => {
    at = end;
    countLines(end);
  };
  const closedOrLine = (end: number): number =>
    end !== -1 ? end : rewinds++ < MAX_REWINDS ? endOfLine(text, at) : text.length;
  skipTo(at);

  while (at < text.length) {
    const code = text.charCodeAt(at);
    const is = classes[code] ?? 0;
    const char = text[at] as string;
    if (is === BLANK) {
      skipTo(endOfBlank(text, at));
    } else if (code === SLASH && text.charCodeAt(at + 1) === SLASH) {
      skipTo(endOfLine(text, at));
    } else if (code === SLASH && text.charCodeAt(at + 1) === STAR) {
      const close = text.indexOf('*/', at + 2);
      skipTo(closedOrLine(close === -1 ? -1 : close + 2));
    } else if (char === '"' || char === "'") {
      push('string', endOfString(text, at));
    } else if (char === '`' || (char === '}' && templates.at(-1) === 0)) {
      if (char === '}') templates.pop();
      const piece = endOfTemplatePiece(text, at + 1);
      if (piece?.opens) templates.push(0);
      push('template', closedOrLine(piece?.end ?? -1));
    } else if (is === ALONE) {
      const open = templates.length - 1;
      if (open >= 0 && char === '{') templates[open] = (templates[open] ?? 0) + 1;
      if (open >= 0 && char === '}') templates[open] = (templates[open] ?? 0) - 1;
      push('punctuation', at + 1);
    } else if ((is & BEGINS_WORD) !== 0 || code >= classes.length) {
      const end = endOfWord(text, at);
      // `export` in the first column is at the top level: whatever seems to be open before it was left unclosed.
      if (at === lineBegin && end === at + 6 && text.startsWith('export', at)) templates.length = 0;
      if (end > at) push('word', end);
      else skipTo(at + 1);
    } else {
      const regexEnd = code === SLASH && regexMayBegin(tokens.at(-1)) ? endOfRegex(text, at) : -1;
      const mayBeNumber = (is & IS_DIGIT) !== 0 || code === DOT;
      const numberEnd = mayBeNumber ? endOf(number, text, at) : -1;
      if (regexEnd !== -1) push('regex', regexEnd);
      else if (numberEnd > at) push('number', numberEnd);
      else {
        const end = endOf(punctuation, text, at);
        if (end > at) push('punctuation', end);
        else skipTo(at + 1);
      }
    }
  }
  return tokens;
}

/** Where what `pattern` (sticky) fits at `at` ends; -1 when it does not fit. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

function endOfBlank(text: string, from: number): number {
  let at = from;
  while (classes[text.charCodeAt(at)] === BLANK) at++;
  return at;
}

/** -1 when no word begins there. */
function endOfWord(text: string, from: number): number {
  let at = from + 1;
  while (((classes[text.charCodeAt(at)] ?? 0) & IN_WORD) !== 0) at++;
  const isAscii = text.charCodeAt(from) < classes.length && !(text.charCodeAt(at) >= classes.length);
  return isAscii ? at : endOf(word, text, from);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function endOfString(text: string, begin: number): number {
  const quote = text[begin];
  for (let at = begin + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at += text[at + 1] === '\r' && text[at + 2] === '\n' ? 2 : 1;
    else if (char === quote) return at + 1;
    else if (char === '\n') return at;
  }
  return text.length;
}

/** From inside a template: to after its closing backtick, or after the `${` that opens an expression; null when neither comes. */
function endOfTemplatePiece(text: string, from: number): { end: number; opens: boolean } | null {
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '`') return { end: at + 1, opens: false };
    else if (char === '$' && text[at + 1] === '{') return { end: at + 2, opens: true };
  }
  return null;
}

/** After a value a slash divides; after `<` it closes a tag. */
function regexMayBegin(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'word') return beforeRegex.has(before.text);
  if (before.kind === 'punctuation') return !/^(\)|\]|\}|<|\+\+|--)$/.test(before.text);
  return before.kind === 'template' && before.text.endsWith('${');
}

/** -1 when no regular expression ends on this line. */
function endOfRegex(text: string, begin: number): number {
  let inClass = false;
  for (let at = begin + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '\n') return -1;
    if (char === '\\') at++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) {
      while (/[a-z]/.test(text[at + 1] ?? '')) at++;
      return at + 1;
    }
  }
  return -1;
}
