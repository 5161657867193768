import { readFileSync } from 'node:fs';
import type { Diagnostic, Severity } from '../../../analysis/analyse.ts';
import { docsPage } from '../../../analysis/docs.ts';
import { shownPath } from '../../../analysis/plain.ts';
import { formatMs, plural } from '../../../report/format.ts';
import { plainText } from '../../../report/plain-text.ts';
import type { Paint, Style } from '../../paint.ts';
import type { Format, Report } from './format.ts';

const STYLES: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', hint: 'blue' };
const MAX_LINE = 160;
const MEGABYTE = 1024 * 1024;

/** For people: each finding with its line of source, then the count. */
export const pretty: Format = (report) => {
  const { diagnostics, cwd, paint } = report;
  const sources = new Map<string, readonly string[]>();
  const blocks = diagnostics.map((one) => {
    const lines = sources.get(one.file) ?? linesOf(one.file);
    sources.set(one.file, lines);
    return block(one, lines, cwd, paint);
  });
  return [...blocks, summary(report), ...(report.showStats ? [statsText(report)] : [])].join('\n');
};

function block(one: Diagnostic, lines: readonly string[], cwd: string, paint: Paint): string {
  const { file, line, column, severity, rule, message, chain = [], related = [] } = one;
  const head = `${paint('bold', `${shownPath(file, cwd)}:${line}:${column}`)}  ${paint(STYLES[severity], severity)}  ${rule}`;
  const why = chain.map((step) => paint('dim', `  why: ${step}`));
  const places = related.map((place) =>
    paint('dim', `  ${shownPath(place.file, cwd)}:${place.line}: ${place.message}`),
  );
  const page = paint('dim', `  ${docsPage(rule)}${one.fixable ? '  (--fix mends it)' : ''}`);
  return [head, `  ${plainText(message)}`, ...excerpt(one, lines, paint), ...why, ...places, page, ''].join(
    '\n',
  );
}

/** The line of a diagnostic with carets under its part. */
function excerpt(one: Diagnostic, lines: readonly string[], paint: Paint): string[] {
  const source = lines[one.line - 1];
  if (source === undefined) return [];
  // One character for one: the caret stays under what it shows.
  const shown = (text: string): string => text.replaceAll('\t', ' ');
  const from = Math.max(0, one.column - 1 - MAX_LINE / 2);
  const text = shown(source.slice(from, from + MAX_LINE));
  const end = one.endLine === one.line ? one.endColumn : source.trimEnd().length + 1;
  const width = Math.max(1, Math.min(end - one.column, text.length - (one.column - 1 - from)));
  const number = String(one.line).padStart(6);
  const carets = ' '.repeat(one.column - 1 - from) + '^'.repeat(width);
  return [
    `${paint('dim', `${number} | `)}${plainText(text)}`,
    `${paint('dim', `${' '.repeat(number.length)} | `)}${paint(STYLES[one.severity], carets)}`,
  ];
}

function summary({ diagnostics, stats, paint }: Report): string {
  if (stats.concerned === 0)
    return `Read ${plural(stats.files, 'file')}: none of them uses the package manycore.\n`;
  const read = `${plural(stats.concerned, 'file')} of ${stats.files} use manycore or are reached from it`;
  const cut = stats.truncated ? ' (the workspace has more files than are read)' : '';
  if (diagnostics.length === 0) return `${paint('green', 'No findings')}: ${read}${cut}.\n`;
  const count = (severity: Severity): string[] => {
    const found = diagnostics.filter((one) => one.severity === severity).length;
    return found === 0 ? [] : [plural(found, severity)];
  };
  const counts = [...count('error'), ...count('warning'), ...count('hint')].join(', ');
  const files = new Set(diagnostics.map((one) => one.file)).size;
  const fixable = diagnostics.filter((one) => one.fixable).length;
  const mend = fixable === 0 ? '' : `; --fix mends ${fixable}`;
  return `${paint('bold', counts)} in ${plural(files, 'file')}${mend}. ${read}${cut}.\n`;
}

function statsText({ stats }: Report): string {
  return [
    `files         ${stats.files} read, ${stats.concerned} concern manycore, ${stats.analysed} analysed now`,
    `not judged    ${plural(stats.unknown, 'value')} of which nothing is known`,
    `time          ${formatMs(stats.milliseconds)}, ${formatMs(stats.cpu)} of CPU`,
    `memory        ${Math.round(stats.memory / MEGABYTE)} MB at most`,
    '',
  ].join('\n');
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return []; // Deleted meanwhile: the message is shown without its line.
  }
}
