/** The report's only style sheet. The policy of the page allows exactly this text, by its hash: `STYLE_HASH`. */
export const STYLE = `
:root { color-scheme: light dark; --page: #f6f6f4; --card: #ffffff; --ink: #16181d; --soft: #5c6068; --faint: #8b9098;
  --line: #e2e3e6; --grid: #ecedef; --accent: #2a6fd6; --good: #17803d; --fair: #9a6700; --bad: #c62f2f;
  --computing: #2a78d6; --contention: #e07a2f; --encoding: #6a54c9; --transfer: #1f9d8f; --startup: #d9a006;
  --waiting: #a3a8b0; --imbalance: #cdd0d5; --band: #2a78d626; }
@media (prefers-color-scheme: dark) { :root { --page: #15171a; --card: #1d2024; --ink: #eceef1; --soft: #a8adb5;
  --faint: #7d838c; --line: #31353b; --grid: #292d32; --accent: #6aa9f7; --good: #57c27a; --fair: #e0b04a; --bad: #f2817a;
  --computing: #4b94ee; --contention: #e58f4c; --encoding: #9a87ee; --transfer: #35b3a4; --startup: #d9ac2c;
  --waiting: #6f7680; --imbalance: #474d55; --band: #4b94ee30; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 22px; line-height: 1.3; margin: 0; font-weight: 650; overflow-wrap: anywhere; }
h1 span { color: var(--accent); }
h2 { font-size: 16px; margin: 0 0 4px; font-weight: 650; }
p { margin: 0; } a { color: var(--accent); }
.note { color: var(--soft); font-size: 13.5px; margin-bottom: 14px; max-width: 78ch; }
.path, code, pre, .mono { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12.5px; }
.path { color: var(--soft); overflow-wrap: anywhere; margin-top: 2px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 20px 22px; margin-top: 16px; }
.hero { display: grid; grid-template-columns: minmax(180px, auto) 1fr; gap: 4px 36px; align-items: center; }
.big { font-size: 60px; line-height: 1.05; font-weight: 700; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.big.none { font-size: 34px; color: var(--soft); letter-spacing: 0; }
.interval { color: var(--soft); font-size: 13.5px; font-variant-numeric: tabular-nums; }
.verdict { font-size: 17px; max-width: 62ch; }
.badge { display: inline-block; font-size: 12px; font-weight: 650; letter-spacing: .02em; padding: 2px 9px; border-radius: 99px; border: 1px solid currentColor; margin-bottom: 8px; }
.worth-it { color: var(--good); } .marginal { color: var(--fair); } .not-worth-it, .bad { color: var(--bad); } .not-measured { color: var(--soft); }
dl.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(118px, 1fr)); gap: 12px; margin: 18px 0 0; padding-top: 16px; border-top: 1px solid var(--line); }
.tiles dt, .facts dt { color: var(--soft); font-size: 12.5px; }
.tiles dd { margin: 0; font-size: 19px; font-weight: 600; font-variant-numeric: tabular-nums; }
.tiles dd small { display: block; font-size: 12px; font-weight: 400; color: var(--soft); }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 7px 20px; margin: 8px 0 0; }
.facts dt { padding-top: 1px; } .facts dd { margin: 0; overflow-wrap: anywhere; } .facts dd small { color: var(--soft); display: block; font-size: 12.5px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 12.5px; border-bottom: 1px solid var(--line); padding: 5px 12px 5px 0; white-space: nowrap; }
td { border-bottom: 1px solid var(--grid); padding: 5px 12px 5px 0; vertical-align: top; overflow-wrap: anywhere; }
tr:last-child td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
.wide { overflow-x: auto; } table.items { width: auto; }
.swatch { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 8px; vertical-align: -1px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 12.5px; color: var(--soft); margin: 0 0 10px; }
.legend .swatch { margin-right: 6px; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { fill: var(--soft); font-size: 11.5px; font-family: inherit; font-variant-numeric: tabular-nums; }
svg .grid { stroke: var(--grid); stroke-width: 1; } svg .axis { stroke: var(--line); stroke-width: 1; } svg .row { fill: var(--grid); }
.computing { fill: var(--computing); background: var(--computing); } .contention { fill: var(--contention); background: var(--contention); }
.encoding { fill: var(--encoding); background: var(--encoding); } .transfer { fill: var(--transfer); background: var(--transfer); }
.startup { fill: var(--startup); background: var(--startup); } .waiting { fill: var(--waiting); background: var(--waiting); }
.imbalance { fill: var(--imbalance); background: var(--imbalance); } .failure { fill: var(--bad); background: var(--bad); }
svg .band { fill: var(--band); } svg .curve { fill: none; stroke: var(--computing); stroke-width: 2; stroke-linejoin: round; }
svg .ideal { fill: none; stroke: var(--faint); stroke-width: 1.2; stroke-dasharray: 4 4; } svg .dot { fill: var(--card); stroke: var(--computing); stroke-width: 2; }
svg .measured { fill: var(--computing); stroke: var(--card); stroke-width: 2; } svg .strong { fill: var(--ink); font-weight: 600; }
svg .swept { fill: var(--card); stroke: var(--ink); stroke-width: 2; } svg .whisker { fill: none; stroke: var(--ink); stroke-width: 1.5; }
svg.gains { width: 160px; height: 10px; margin-top: 6px; } td.gain { width: 180px; }
.bar { border-radius: 4px; overflow: hidden; margin-bottom: 16px; }
details { margin-top: 10px; } summary { cursor: pointer; font-size: 13.5px; color: var(--soft); padding: 3px 0; }
summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
pre { margin: 6px 0 0; padding: 10px 12px; background: var(--page); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; }
.err { color: var(--bad); } .ok { color: var(--good); } .soft { color: var(--soft); }
.notice { border-left: 4px solid var(--fair); } .notice.stop { border-left-color: var(--bad); }
footer { color: var(--faint); font-size: 12.5px; margin-top: 24px; }
@media (max-width: 640px) { main { padding: 16px 12px 40px; } section { padding: 16px; } .hero { grid-template-columns: 1fr; gap: 14px; }
  dl.facts { grid-template-columns: 1fr; gap: 0; } .facts dt { margin-top: 8px; } }
@media print { body { background: #fff; font-size: 11pt; } main { max-width: none; padding: 0; } section { break-inside: avoid; border-color: #ccc; }
  section.long { break-inside: auto; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
@media (forced-colors: active) { svg, .swatch { forced-color-adjust: none; } }
`;

/** SHA-256 of `STYLE` in base64, for the content security policy. A test holds it equal to the text. */
export const STYLE_HASH = 'Mxjh067bXrDN2JhcAOFoJEeNk8IrsfOx3rwpWMmkFbE=';
