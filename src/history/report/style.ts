/** The report's style sheet: light and dark, narrow and wide, screen and paper. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1f24; --dim: #59636e; --line: #d1d9e0; --panel: #f6f8fa;
  --ok: #1f7a3f; --warn: #8f5d0c; --error: #c0392b; --box: #3b6fb6; --focus: #0969da;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0f1318; --ink: #e6edf3; --dim: #9aa5b1; --line: #30363d; --panel: #171c23;
    --ok: #4cc272; --warn: #e0a63f; --error: #f0685a; --box: #6ea8fe; --focus: #58a6ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 68rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; }
p { margin: .25rem 0; } .dim { color: var(--dim); }
.skip { position: absolute; left: -99rem; } .skip:focus { position: static; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; }
.tiles div { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; }
.tiles dt { color: var(--dim); font-size: .85rem; } .tiles dd { margin: 0; font-size: 1.15rem; font-weight: 600; }
.chart { margin: .5rem 0; }
.lane-name { margin-top: .75rem; font-size: .9rem; overflow-wrap: anywhere; }
svg { display: block; width: 100%; }
.lane { height: 3rem; background: var(--panel); border-bottom: 1px solid var(--line); }
.stack { height: 11rem; background: var(--panel); border-bottom: 1px solid var(--line); }
.ok { fill: var(--ok); } .warn { fill: var(--warn); } .error { fill: var(--error); }
.scale { display: flex; justify-content: space-between; gap: 1rem; color: var(--dim); font-size: .8rem; font-variant-numeric: tabular-nums; }
.scale-top { color: var(--dim); font-size: .8rem; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: .5rem 0; list-style: none; font-size: .9rem; }
.legend svg { display: inline-block; width: .9rem; height: .9rem; margin-right: .35rem; vertical-align: -.1rem; }
.tiles .dim { white-space: nowrap; }
.scroll + .scroll { margin-top: 1rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; color: var(--dim); padding: .4rem .6rem; font-size: .85rem; }
th, td { text-align: left; padding: .35rem .6rem; border-top: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
td.wide { min-width: 12rem; overflow-wrap: anywhere; } td.picture { min-width: 10rem; width: 40%; vertical-align: middle; }
.badge { font-weight: 600; } .badge.ok { color: var(--ok); } .badge.warn { color: var(--warn); } .badge.error { color: var(--error); }
.spread { height: .9rem; } .track { fill: var(--line); } .range { fill: var(--dim); } .box { fill: var(--box); } .median { fill: var(--ink); }
details { margin: .5rem 0; } summary { cursor: pointer; }
footer { margin-top: 2.5rem; color: var(--dim); font-size: .85rem; }
@media (max-width: 40rem) { .scale span:nth-child(2) { display: none; } }
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; } .skip { display: none; }
  .chart, .tiles, tr { break-inside: avoid; } h2 { break-after: avoid; } .scroll { overflow: visible; border: 0; }
  svg, .tiles div { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`
