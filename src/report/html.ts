import type {
  OutputLine,
  ResultRow,
  RunHeader,
  RunSummary,
  TimelineSpan,
  Verification,
} from '../protocol/run.ts';
import { failedSection, outputSection, slowestSection } from './page/lists.ts';
import { html, Markup } from './page/markup.ts';
import {
  choices,
  forecastSection,
  hostsSection,
  lossesSection,
  notices,
  overview,
  timelineSection,
  verificationSection,
  whatIfSection,
  workersSection,
} from './page/sections.ts';
import { STYLE, STYLE_HASH } from './page/style.ts';

/** What a report is made of; `rows` and `output` may be parts of the whole, the report says so. */
export interface ReportInput {
  readonly summary: RunSummary;
  readonly header: RunHeader;
  readonly spans: readonly TimelineSpan[];
  readonly output: readonly OutputLine[];
  readonly rows: readonly ResultRow[];
}

// Texts of the run are escaped, so that none of them can hold these.
const BEGIN = new Markup('<!-- verification -->');
const END = new Markup('<!-- /verification -->');

/**
 * One run as one HTML file that needs nothing else: no script, no network, and a policy that forbids both, so that it
 * can be mailed, archived and opened anywhere. Light and dark follow the reader's system; it prints.
 */
export function renderReport(input: ReportInput): string {
  const { summary, header } = input;
  // `STYLE` holds no text of the run; everything else goes through `html`, which escapes.
  const policy = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;
  const head = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${header.exportName} · Manycore run report</title>
`;
  const body = html`
</head>
<body>
<main>
<header><h1>${header.exportName} <span>over</span> ${header.dataset.source}</h1>
<p class="path">${header.function} · ${summary.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</p></header>
${notices(summary)}
${BEGIN}${verificationSection(summary.verification)}${END}
${overview(summary)}
${lossesSection(summary)}
${timelineSection(input.spans, summary)}
${forecastSection(summary)}
${whatIfSection(summary)}
${hostsSection(summary)}
${workersSection(summary)}
${failedSection(summary, input.rows)}
${slowestSection(summary, input.rows)}
${outputSection(input.output)}
${choices(header)}
<footer>Made by Manycore. The numbers are those of <code>run.json</code>; every result is in <code>results.jsonl</code>, every line of output in <code>output/</code>, of ${summary.runDir}.</footer>
</main>
</body>
</html>
`;
  return `${head.text}<style>${STYLE}</style>${body.text}`;
}

/** The report of a run that was verified when it had been over; null where it is of a version that has no place for that. */
export function withVerification(report: string, verification: Verification): string | null {
  const begin = report.indexOf(BEGIN.text);
  const end = report.indexOf(END.text);
  if (begin === -1 || end < begin) return null;
  const section = verificationSection(verification).text;
  return report.slice(0, begin + BEGIN.text.length) + section + report.slice(end);
}
