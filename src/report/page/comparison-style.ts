/** What a comparison adds to the report's style sheet; allowed by its hash, as that is. In an editor the theme gives the colours. */
export const COMPARISON_STYLE = `
body[class*="vscode-"] { --page: var(--vscode-editor-background); --card: var(--vscode-editor-background); --ink: var(--vscode-foreground);
  --soft: var(--vscode-descriptionForeground); --faint: var(--vscode-descriptionForeground);
  --line: var(--vscode-contrastBorder, var(--vscode-widget-border, color-mix(in srgb, var(--vscode-foreground) 16%, transparent)));
  --grid: color-mix(in srgb, var(--vscode-foreground) 10%, transparent); --accent: var(--vscode-textLink-foreground);
  --good: color-mix(in srgb, var(--vscode-charts-green) 80%, var(--vscode-foreground)); --fair: var(--vscode-editorWarning-foreground);
  --bad: color-mix(in srgb, var(--vscode-charts-red) 85%, var(--vscode-foreground)); --computing: var(--vscode-charts-blue);
  --contention: color-mix(in srgb, var(--vscode-charts-red) 55%, var(--vscode-charts-yellow)); --encoding: var(--vscode-charts-purple);
  --transfer: color-mix(in srgb, var(--vscode-charts-green) 60%, var(--vscode-charts-blue)); --startup: var(--vscode-charts-yellow);
  --waiting: color-mix(in srgb, var(--vscode-foreground) 38%, transparent); --imbalance: color-mix(in srgb, var(--vscode-foreground) 20%, transparent);
  padding: 0; font-family: var(--vscode-font-family); font-size: var(--vscode-font-size, 13px); }
body[class*="vscode-"] .comparison { padding-top: 20px; }
body[class*="vscode-"] table, body[class*="vscode-"] .note { font-size: 1em; }
.comparison h1 span { color: var(--soft); font-weight: 400; }
.comparison .big { font-size: 42px; }
.comparison .better { color: var(--good); } .comparison .worse { color: var(--bad); }
.comparison .big.unclear, .comparison .big.other, .comparison .mark.unclear, .comparison .mark.other { color: var(--soft); }
.fair { color: var(--fair); }
.runs { display: grid; grid-template-columns: 1fr 1fr; gap: 12px 32px; margin-top: 16px; padding-top: 14px; border-top: 1px solid var(--line); }
.runs h2 { font-size: 1em; } .runs p { color: var(--soft); } .swap { margin-top: 10px; }
.comparison tbody th { color: var(--ink); font-weight: 400; font-size: inherit; border-bottom: 1px solid var(--grid); vertical-align: top; }
.comparison tr:last-child th { border-bottom: 0; }
.comparison td small { display: block; color: var(--soft); font-size: .88em; }
.note.rest { margin: 10px 0 0; }
th.difference, td.difference { padding-left: 20px; width: 30%; }
td.pair { width: 240px; padding-top: 7px; } td.pair svg { width: 220px; height: 20px; }
svg .before { fill: var(--waiting); } svg .after { fill: var(--accent); } svg .after.better { fill: var(--good); } svg .after.worse { fill: var(--bad); }
svg .whisker { stroke: var(--ink); stroke-width: 1.2; fill: none; }
.mark { white-space: nowrap; font-variant-numeric: tabular-nums; }
.strips { display: grid; grid-template-columns: max-content 1fr; gap: 8px 14px; align-items: center; margin-bottom: 12px; }
.strips .bar { margin: 0; } .strips span { color: var(--soft); }
@media (max-width: 640px) { .runs { grid-template-columns: 1fr; } th.pair, td.pair { display: none; } td .mark { white-space: normal; overflow-wrap: normal; } th.difference, td.difference { padding-left: 10px; } }
`;

/** SHA-256 of `COMPARISON_STYLE` in base64. A test holds it equal to the text. */
export const COMPARISON_STYLE_HASH = 'T5Bqy6mL9u77vy/3YWr8ZkAIfmZqT0WnwbvgX1lDIFA=';
