/** The page's whole style sheet. System fonts, two schemes, phone to wide screen, and paper. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f6f6f4; --card: #ffffff; --ink: #1b1f24; --quiet: #59616b; --line: #dfe1e3; --soft: #f0f1f1;
  --link: #1f5fa8; --good: #17713f; --bad: #b3261e; --unsure: #8a5a00; --accent: #2b5fa4;
  --good-soft: #e5f2e9; --bad-soft: #fbe9e7; --unsure-soft: #fbf1dc; --accent-soft: #dfe9f6;
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121417; --card: #1a1d21; --ink: #e4e6e9; --quiet: #9ba3ad; --line: #31363c; --soft: #23272c;
    --link: #82b4f0; --good: #5fc48a; --bad: #ff8b80; --unsure: #e8b55a; --accent: #7fb0ee;
    --good-soft: #1a2c22; --bad-soft: #36201f; --unsure-soft: #322a19; --accent-soft: #1e2b3c;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 var(--sans); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
body > svg { position: absolute; }
header.top, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header.top { padding-top: 36px; }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -.015em; font-weight: 650; margin: 4px 0 6px; text-wrap: balance; }
h1 .outcome { width: 26px; height: 26px; vertical-align: -3px; margin-right: 4px; }
h2 { font-size: 13px; font-weight: 600; letter-spacing: .06em; text-transform: uppercase; color: var(--quiet); margin: 40px 0 10px; }
h3 { font-size: 20px; line-height: 1.3; letter-spacing: -.01em; font-weight: 620; margin: 2px 0 16px; text-wrap: pretty; }
h4 { display: inline; font-size: 15px; font-weight: 620; margin: 0; }
h5 { font-size: 13px; font-weight: 620; margin: 20px 0 6px; }
p { margin: 0 0 8px; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
code { font: .88em/1.4 var(--mono); }
ul { margin: 4px 0 0; padding-left: 18px; }
.quiet { color: var(--quiet); }
.kicker { font-size: 13px; margin: 0; }
.figure, .number { white-space: nowrap; }
.outcome { vertical-align: -2.5px; flex: none; }
.outcome circle { fill: currentColor; }
.outcome path { fill: none; stroke: var(--card); stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.outcome.proven, .word.proven { color: var(--good); }
.outcome.refuted, .word.refuted { color: var(--bad); }
.outcome.inconclusive, .word.inconclusive { color: var(--unsure); }
.word { font-weight: 650; margin-right: 6px; }
.tag { font-size: 12px; font-weight: 500; padding: 1px 7px; border: 1px solid var(--line); border-radius: 9px; }

.findings { margin-top: 24px; display: grid; gap: 12px; }
.finding { background: var(--accent-soft); border-left: 4px solid var(--accent); border-radius: 6px; padding: 14px 18px; }
.finding p { margin: 0; }
.finding .finding-head { font-size: 13px; font-weight: 650; letter-spacing: .02em; color: var(--accent); }
.finding .finding-claim { font-size: 17px; line-height: 1.4; font-weight: 560; margin: 2px 0 4px; text-wrap: pretty; }

.verdicts { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.verdicts th, .verdicts td { text-align: left; vertical-align: top; padding: 10px 14px; border-top: 1px solid var(--line); font-weight: 400; overflow-wrap: normal; }
.verdicts thead th { border-top: 0; font-size: 12px; font-weight: 600; color: var(--quiet); padding: 8px 14px; }
.verdicts tbody th { display: flex; gap: 9px; overflow-wrap: anywhere; }
.verdicts tbody th .outcome { margin-top: 3px; }
.verdicts tbody th a { font-weight: 620; }
.verdicts .number { text-align: right; }
.verdicts .claim, .verdicts .reason { display: block; font-size: 13px; line-height: 1.45; color: var(--quiet); }
.verdicts .why td { border-top: 0; padding: 0 14px 12px 39px; overflow-wrap: anywhere; white-space: normal; }
.verdicts .why p { font-size: 14px; line-height: 1.45; margin: 0 0 4px; padding-left: 10px; border-left: 2px solid var(--bad); }
.verdicts .why.inconclusive p { border-color: var(--unsure); }
.verdicts td:nth-child(2), .verdicts td:nth-child(5) { white-space: nowrap; }
.verdicts td.odd { color: var(--bad); font-weight: 600; }

.not-run ul { padding-left: 18px; }

.matrix { width: 100%; table-layout: fixed; border-collapse: separate; border-spacing: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; margin: 0 0 12px; font-size: 12.5px; line-height: 1.35; }
.matrix th, .matrix td { text-align: left; vertical-align: top; padding: 7px 6px; border-top: 1px solid var(--line); font-weight: 400; overflow-wrap: break-word; }
.matrix thead th { border-top: 0; vertical-align: bottom; font-size: 11.5px; font-weight: 600; color: var(--quiet); }
.matrix thead th:first-child { width: 22%; }
.matrix th .outcome { width: 13px; height: 13px; }
.matrix tbody th a { font-weight: 620; }
.matrix td { border-left: 1px solid var(--line); }
.matrix td.caught { background: var(--good-soft); }
.matrix td.missed { background: var(--soft); }
.matrix td.unsure { background: var(--unsure-soft); }
.matrix td.not-concerned, .matrix td.not-needed { color: var(--quiet); }
.matrix .idle { display: none; }
.healer { border-top: 1px solid var(--line); padding: 7px 0; font-size: 14px; }
.healer > summary { cursor: pointer; }
.healer .said { color: var(--quiet); margin-left: 6px; }
.healer > p { margin: 6px 0 0 16px; }
.healer > ul { margin-left: 16px; }

.scenario { background: var(--card); border: 1px solid var(--line); border-top: 3px solid var(--good); border-radius: 8px; padding: 18px 22px 8px; margin: 0 0 24px; }
.scenario.refuted { border-top-color: var(--bad); }
.scenario.inconclusive { border-top-color: var(--unsure); }
.scenario > .kicker code { color: var(--quiet); }
.proof { display: grid; gap: 2px; margin: 0 0 14px; }
.proof-row { display: grid; grid-template-columns: minmax(150px, 24%) minmax(0, 35%) minmax(0, 1fr); gap: 2px 18px; align-items: start; padding: 5px 0 0; }
.proof-name a { color: inherit; }
.proof-name { font-weight: 560; }
.shows { border-left: 3px solid var(--accent); background: var(--accent-soft); border-radius: 5px; padding: 8px 14px; margin: 0 0 10px; font-size: 14px; }
.shows.refuted, .shows.inconclusive { border-color: var(--unsure); background: var(--unsure-soft); }

.trial { border-top: 1px solid var(--line); margin: 0 -22px; }
.trial > summary { padding: 11px 22px; cursor: pointer; list-style: none; }
.trial > summary::-webkit-details-marker { display: none; }
.trial > summary::before { content: "▸"; display: inline-block; width: 15px; color: var(--quiet); }
.trial[open] > summary::before { content: "▾"; }
.trial > summary:hover { background: var(--soft); }
.trial .said { color: var(--quiet); margin-left: 6px; }
.trial-body { padding: 0 22px 14px; }
.note { border-left: 3px solid var(--line); padding: 2px 0 2px 14px; margin: 6px 0 12px; }
.note h5 { margin: 0; }
.note.errors { border-color: var(--bad); }
.facts { margin: 4px 0 8px; font-size: 14px; }
.facts > div { display: grid; grid-template-columns: 104px minmax(0, 1fr); gap: 12px; padding: 3px 0; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; }
.facts ul { margin: 1px 0 0; padding-left: 16px; }
.refs { font-size: 11.5px; line-height: 1; white-space: normal; }
.ref { display: inline-block; min-width: 20px; text-align: center; padding: 2px 4px; border-radius: 4px; background: var(--soft); color: var(--quiet); text-decoration: none; font-family: var(--mono); font-size: 11px; line-height: 1.25; }
a.ref { color: var(--link); }
a.ref:hover { background: var(--accent-soft); }
.more { color: var(--quiet); }
.files { font-size: 13px; margin-top: 14px; }
.files a { margin-right: 8px; }

.picture { margin: 4px 0 18px; }
figcaption { font-size: 12px; color: var(--quiet); display: flex; flex-wrap: wrap; gap: 2px 24px; justify-content: space-between; margin-top: 2px; }
.legend { display: flex; flex-wrap: wrap; gap: 0 14px; }
.legend > span { display: inline-flex; align-items: center; gap: 4px; }
.timeline, .bar { display: block; overflow: visible; font: 12px var(--sans); }
.timeline text, .bar text { fill: var(--ink); font-variant-numeric: tabular-nums; }
.timeline .label { fill: var(--quiet); paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
.timeline .label .note { fill: var(--ink); }
.timeline .slim { display: none; }
.tick line { stroke: var(--line); stroke-width: 1; }
.tick text, .bar .axis { fill: var(--quiet); font-size: 11px; }
.guide { stroke: var(--ink); stroke-width: 1; opacity: .55; }
.guide.recovered { stroke: var(--good); stroke-dasharray: 2 3; opacity: 1; }
.phase rect { fill: var(--soft); }
.phase.odd rect { fill: var(--line); }
.phase text { font-size: 11px; }
rect.good { fill: var(--good); }
rect.bad { fill: url(#hatch-bad); stroke: var(--bad); stroke-width: 1; }
rect.between { fill: var(--quiet); opacity: .55; }
rect.gap { fill: none; stroke: var(--unsure); stroke-width: 1; stroke-dasharray: 3 3; }
rect.known { fill: var(--line); }
rect.off { fill: url(#hatch-off); stroke: var(--quiet); stroke-width: 1; }
rect.force { fill: var(--bad-soft); stroke: var(--bad); stroke-width: 1; }
rect.track { fill: var(--soft); stroke: var(--line); stroke-width: 1; }
rect.waiting { fill: var(--quiet); opacity: .65; }
rect.interval { fill: var(--good); }
rect.late { fill: var(--bad); opacity: 1; }
rect.interval.unsure { fill: var(--unsure); }
.several rect.interval { opacity: 0.5; }
line.due { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 3 2; }
line.start { stroke: var(--ink); stroke-width: 1.5; }
line.base { stroke: var(--line); stroke-width: 1; }
.hatch-ground { fill: var(--bad-soft); }
.hatch-line { fill: var(--bad); }
.hatch-off-line { fill: var(--quiet); }
.mark { fill: none; stroke: var(--ink); stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.mark.died { stroke: var(--bad); stroke-width: 2.2; }
.mark.started, .mark.healthy { fill: var(--good); stroke: var(--card); stroke-width: 1; }
.mark.stopped { fill: var(--quiet); stroke: var(--card); stroke-width: 1; }
.mark.unhealthy { fill: var(--card); stroke: var(--bad); }
.mark.restarted { stroke: var(--accent); }
.mark.rise { fill: var(--accent); stroke: var(--card); stroke-width: 1; }
.mark.bitten { fill: var(--bad); stroke: var(--card); stroke-width: 1; }
.mark.missed { fill: var(--card); stroke: var(--unsure); }
.mark.injected, .mark.over { stroke: var(--bad); stroke-width: 2; }
.mark.back { stroke: var(--good); stroke-width: 2.4; }
.mark.never { stroke: var(--quiet); stroke-width: 2.2; }
.key { flex: none; vertical-align: -4px; overflow: visible; }

.happenings { list-style: none; padding: 0; margin: 0; font-size: 13.5px; columns: 2; column-gap: 32px; }
.happenings li { display: grid; grid-template-columns: 76px 16px minmax(0, 1fr); gap: 6px; padding: 1.5px 0; break-inside: avoid; }
.happenings .more { display: block; }
.at { font-family: var(--mono); font-size: 12px; line-height: 1.65; text-align: right; white-space: nowrap; }
span.key { display: inline-block; width: 16px; }
.excerpt { margin-top: 16px; font-size: 13px; }
.excerpt > summary { cursor: pointer; color: var(--link); }
.excerpt > p { margin: 8px 0; }
.lines { list-style: none; margin: 0; padding: 0; font: 12px/1.5 var(--mono); }
.lines li { display: grid; grid-template-columns: 42px 82px 64px 76px minmax(0, 1fr); gap: 0 8px; padding: 4px 6px; border-top: 1px solid var(--line); }
.lines li:target { background: var(--unsure-soft); outline: 2px solid var(--unsure); outline-offset: -2px; border-radius: 4px; }
.lines .seq, .lines .clock { color: var(--quiet); text-align: right; }
.lines .kind { font-weight: 600; }
.field { margin-right: 8px; }
.field i { font-style: normal; color: var(--quiet); }
.run { display: inline-block; margin-right: 10px; }
.run.bad { color: var(--bad); }
.run.good { color: var(--good); }

footer { padding-bottom: 48px; font-size: 14px; color: var(--quiet); }
footer p { max-width: 76ch; }

@media (max-width: 860px) {
  .happenings { columns: 1; }
  .proof-row { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .proof-bar { grid-column: 1 / -1; }
}
@media (max-width: 1000px) {
  .matrix, .matrix tbody, .matrix tr { display: block; font-size: 14px; }
  .matrix thead { display: none; }
  .matrix tr { padding: 10px 14px; }
  .matrix tr + tr { border-top: 1px solid var(--line); }
  .matrix tbody th, .matrix td { border: 0; padding: 0; }
  .matrix tbody th { display: block; }
  .matrix td { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 10px; margin-top: 4px; padding: 2px 6px; border-radius: 4px; }
  .matrix td::before { content: attr(data-label); color: var(--quiet); font-size: 13px; }
  .matrix td.not-concerned { display: none; }
  .matrix .idle { display: block; color: var(--quiet); font-size: 13px; }
}
@media (max-width: 900px) {
  .timeline .wide { display: none; }
  .timeline .slim { display: inline; }
  .timeline { font-size: 11px; }
}
@media (max-width: 760px) {
  .verdicts, .verdicts tbody, .verdicts tr { display: block; }
  .verdicts thead { display: none; }
  .verdicts tr + tr { border-top: 1px solid var(--line); }
  .verdicts tr { padding: 12px 14px; }
  .verdicts tbody th, .verdicts td { border: 0; padding: 0; }
  .verdicts tbody th { margin-bottom: 6px; }
  .verdicts td, .verdicts .number { display: grid; grid-template-columns: 88px minmax(0, 1fr); gap: 0 8px; padding-left: 25px; text-align: left; white-space: normal; }
  .verdicts td::before { content: attr(data-label); color: var(--quiet); font-size: 13px; }
  .verdicts .reason { grid-column: 2; }
  .verdicts .why { padding-top: 0; margin-top: -6px; border-top: 0; }
  .verdicts tr + tr.why { border-top: 0; }
  .verdicts .why td { display: block; padding: 0 0 0 25px; }
  .verdicts .why td::before { content: none; }
}
@media (max-width: 560px) {
  body { font-size: 15px; }
  header.top, main, footer { padding-left: 14px; padding-right: 14px; }
  header.top { padding-top: 20px; }
  h1 { font-size: 23px; }
  h3 { font-size: 18px; }
  .scenario { padding: 14px 14px 4px; }
  .trial { margin: 0 -14px; }
  .trial > summary { padding: 11px 14px; }
  .trial-body { padding: 0 14px 14px; }
  .proof-row { grid-template-columns: minmax(0, 1fr); }
  .facts > div { grid-template-columns: minmax(0, 1fr); gap: 0; padding: 4px 0; }
  .facts dt { font-size: 12.5px; }
  .lines li { grid-template-columns: auto auto auto 1fr; }
  .lines .what { grid-column: 1 / -1; }
}
@media print {
  :root {
    --page: #fff; --card: #fff; --ink: #000; --quiet: #444; --line: #ccc; --soft: #f2f2f2; --link: #1f5fa8; --good: #17713f;
    --bad: #b3261e; --unsure: #8a5a00; --accent: #2b5fa4; --good-soft: #e5f2e9; --bad-soft: #fbe9e7; --unsure-soft: #fbf1dc; --accent-soft: #eef3fa;
  }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 10.5pt; }
  .scenario { break-before: auto; border-left: 0; border-right: 0; }
  .picture, .proof-row, .facts > div, .finding, .matrix tr { break-inside: avoid; }
  .trial::details-content, .healer::details-content { content-visibility: visible; block-size: auto; }
  .excerpt { display: none; }
}
`;
