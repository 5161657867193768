import type { RunSummary } from '../protocol/run.ts';
import { type Change, type ComparedFact, compareRuns, comparisonHeadline } from './compare.ts';
import { formatMs, formatSpeedupInterval } from './format.ts';
import { LOSS_KINDS } from './losses.ts';
import { lossesBar } from './page/charts.ts';
import { COMPARISON_STYLE, COMPARISON_STYLE_HASH } from './page/comparison-style.ts';
import { html, type Markup } from './page/markup.ts';
import { STYLE, STYLE_HASH } from './page/style.ts';

/** Where the page leads to; without one it has no links. */
export interface ComparisonLinks {
  readonly first: string;
  readonly second: string;
  /** The same with the runs in the other order. */
  readonly swap: string;
}

const MARKS: Readonly<Record<Change, { readonly sign: string; readonly word: string }>> = {
  better: { sign: '✓', word: 'better' },
  worse: { sign: '✕', word: 'worse' },
  unclear: { sign: '≈', word: 'no clear difference' },
  other: { sign: '•', word: 'different' },
};

/**
 * Two runs as one HTML page that needs nothing else: no script, and a policy that forbids all but its own style. In an
 * editor it has the colours of the theme, elsewhere those of the reader's system.
 */
export function renderComparison(first: RunSummary, second: RunSummary, links?: ComparisonLinks): string {
  const facts = compareRuns(first, second);
  const headline = comparisonHeadline(first, second);
  const styles = `'sha256-${STYLE_HASH}' 'sha256-${COMPARISON_STYLE_HASH}'`;
  const policy = `default-src 'none'; style-src ${styles}; base-uri 'none'; form-action 'none'`;
  const title = `${exportOf(second)} · Two runs compared`;
  const head = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
`;
  const body = html`
</head>
<body>
<main class="comparison">
<header><h1>${exportOf(second)} <span>two runs compared</span></h1></header>
<section aria-label="Result"><div class="hero"><p class="big ${headline.change}">${headline.value}</p><p class="verdict">${headline.text}</p></div>
<div class="runs">${runCard('First run', first, links?.first)}${runCard('Second run', second, links?.second)}</div>
${links === undefined ? null : html`<p class="swap"><a href="${links.swap}">Swap the runs</a></p>`}</section>
${setupSection(facts)}
${measuredSection(facts)}
${timeSection(facts, first, second)}
</main>
</body>
</html>
`;
  return `${head.text}<style>${STYLE}</style><style>${COMPARISON_STYLE}</style>${body.text}`;
}

function exportOf({ function: target }: RunSummary): string {
  return target.slice(target.lastIndexOf('#') + 1);
}

function runCard(name: string, run: RunSummary, link: string | undefined): Markup {
  const started = run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  const stopped = run.interrupted ? html`<span class="fair">stopped before its end</span>` : null;
  const title = link === undefined ? name : html`<a href="${link}">${name}</a>`;
  return html`<div class="card"><h2>${title}</h2><p>${started} ${stopped}</p><p class="path">${run.runDir}</p></div>`;
}

/** What was run: only where the runs differ in it, each with both values. */
function setupSection(facts: readonly ComparedFact[]): Markup {
  const setup = facts.filter(({ group }) => group === 'setup');
  const different = setup.filter(({ differs }) => differs);
  const same = setup.filter(({ differs }) => !differs).map(({ name }) => name);
  const rows = different.map(({ name, first, second }) =>
    name === 'code'
      ? html`<tr><th scope="row">Code</th><td colspan="2">Changed: the function's file, or what is fixed about its calls</td></tr>`
      : html`<tr><th scope="row">${capitalised(name)}</th><td>${first}</td><td>${second}</td></tr>`,
  );
  const table =
    different.length === 0
      ? html`<p>Nothing: both ran the same.</p>`
      : html`<div class="wide"><table><thead><tr><th></th><th>First</th><th>Second</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const rest = same.length === 0 ? null : html`<p class="note rest">The same: ${same.join(', ')}.</p>`;
  return html`<section id="setup"><h2>What changed</h2>${table}${rest}</section>`;
}

function measuredSection(facts: readonly ComparedFact[]): Markup {
  const rows = facts.filter(({ group }) => group === 'measured').map(measuredRow);
  return html`<section id="measured"><h2>What was measured</h2><p class="note">Bars from zero; the line at a bar's end is the 95 % interval. A difference that the intervals do not bear, or of less than 5 % where there are none, counts as none.</p>
<div class="wide"><table><thead><tr><th></th><th class="number">First</th><th class="number">Second</th><th class="pair"></th><th class="difference">Difference</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function measuredRow(fact: ComparedFact): Markup {
  const { name, first, second, numbers } = fact;
  return html`<tr><th scope="row">${capitalised(name)}</th><td class="number">${first}${interval(fact, 'firstInterval')}</td><td class="number">${second}${interval(fact, 'secondInterval')}</td><td class="pair">${numbers === null ? null : pair(fact)}</td><td class="difference">${mark(fact)}</td></tr>`;
}

function interval({ name, numbers }: ComparedFact, of: 'firstInterval' | 'secondInterval'): Markup | null {
  const range = numbers?.[of] ?? null;
  if (range === null || range[0] === range[1]) return null;
  const text =
    name === 'speedup' ? formatSpeedupInterval(range) : `${formatMs(range[0])} to ${formatMs(range[1])}`;
  return html`<small>${text}</small>`;
}

const PAIR_WIDTH = 220;

/** Both numbers as bars on one scale, the first above the second, each with its interval. */
function pair({ numbers, change }: ComparedFact): Markup {
  if (numbers === null) return html``;
  const { first, second, firstInterval, secondInterval } = numbers;
  const most = Math.max(first ?? 0, second ?? 0, firstInterval?.[1] ?? 0, secondInterval?.[1] ?? 0);
  if (most <= 0) return html``;
  const x = (value: number): number => (value / most) * (PAIR_WIDTH - 4);
  const bar = (value: number | null, y: number, kind: string): Markup =>
    value === null
      ? html``
      : html`<rect class="${kind}" x="0" y="${y}" width="${Math.max(1, x(value))}" height="8" rx="1"/>`;
  const whisker = (range: readonly [number, number] | null, y: number): Markup =>
    range === null || range[0] === range[1]
      ? html``
      : html`<path class="whisker" d="${`M${x(range[0]).toFixed(1)} ${y + 1}v6m0 -3H${x(range[1]).toFixed(1)}m0 -3v6`}"/>`;
  return html`<svg viewBox="0 0 ${PAIR_WIDTH} 20" aria-hidden="true">${bar(first, 1, 'before')}${bar(second, 11, `after ${change ?? ''}`)}${whisker(firstInterval, 1)}${whisker(secondInterval, 11)}</svg>`;
}

function mark({ change, ratio, numbers }: ComparedFact): Markup {
  if (numbers?.first === null && numbers.second === null) return html`<span class="soft">not measured</span>`;
  if (change === null) return html`<span class="soft">the same</span>`;
  const { sign, word } = MARKS[change];
  const amount = ratio === null ? '' : `${percent(ratio - 1)}, `;
  return html`<span class="mark ${change}"><span aria-hidden="true">${sign}</span> ${amount}${word}</span>`;
}

/** `+12 %`, `−48 %`; a factor where a percentage is hard to picture. */
function percent(part: number): string {
  if (part >= 2) return `${(part + 1).toFixed(1)}x as much`;
  const text = Math.abs(part * 100).toFixed(Math.abs(part) < 0.0995 ? 1 : 0);
  return `${part < 0 ? '−' : '+'}${text} %`;
}

function timeSection(facts: readonly ComparedFact[], first: RunSummary, second: RunSummary): Markup {
  const shares = facts.filter(({ group }) => group === 'time');
  const rows = shares.map((fact, index) => {
    const { numbers, change } = fact;
    const points = ((numbers?.second ?? 0) - (numbers?.first ?? 0)) * 100;
    const { sign, word } = MARKS[change ?? 'unclear'];
    const amount =
      change === 'unclear' ? '' : `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)} points, `;
    const text =
      change === null
        ? html`<span class="soft">the same</span>`
        : html`<span class="mark ${change}"><span aria-hidden="true">${sign}</span> ${amount}${word}</span>`;
    return html`<tr><th scope="row"><span class="swatch ${LOSS_KINDS[index]?.key ?? ''}"></span>${capitalised(fact.name)}</th><td class="number">${fact.first}</td><td class="number">${fact.second}</td><td class="difference">${text}</td></tr>`;
  });
  return html`<section id="time"><h2>Where the workers' time went</h2><p class="note">Shares of the time of all workers together. More computing is better; the rest is loss.</p>
<div class="strips"><span>First</span>${lossesBar(first.losses)}<span>Second</span>${lossesBar(second.losses)}</div>
<div class="wide"><table><thead><tr><th></th><th class="number">First</th><th class="number">Second</th><th class="difference">Difference</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
