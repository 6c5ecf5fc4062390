#include "tools/report/page_style.h"

namespace cm::tools {

std::string_view page_style()
{
  return R"(
:root { color-scheme: light; --paper: #fff; --card: #f6f7f9; --ink: #1d232b; --soft: #59636f; --rule: #d5dae0;
  --accent: #1f6fb5; --good: #17713f; --bad: #b3261e; --doubt: #9a6700; }
:root[data-colours="dark"] { color-scheme: dark; --paper: #14171b; --card: #1d2126; --ink: #e4e8ec; --soft: #a2abb5;
  --rule: #363d45; --accent: #6cb4f0; --good: #6fcf97; --bad: #ff8a80; --doubt: #e3b341; }
@media (prefers-color-scheme: dark) {
  :root:not([data-colours]) { color-scheme: dark; --paper: #14171b; --card: #1d2126; --ink: #e4e8ec; --soft: #a2abb5;
    --rule: #363d45; --accent: #6cb4f0; --good: #6fcf97; --bad: #ff8a80; --doubt: #e3b341; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--paper); padding: 4px 8px; }
header, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 24px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 36px 0 12px; padding-bottom: 4px; border-bottom: 1px solid var(--rule); }
h3 { font-size: 15px; margin: 20px 0 6px; }
.subtitle, figcaption, .note, footer { color: var(--soft); overflow-wrap: anywhere; }
.top { display: flex; gap: 16px; align-items: flex-start; justify-content: space-between; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; margin: 14px 0 0; padding: 0; }
a { color: var(--accent); }
button, select { font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--rule);
  border-radius: 6px; padding: 3px 10px; max-width: 100%; }
button { cursor: pointer; white-space: nowrap; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.verdicts { list-style: none; margin: 16px 0 0; padding: 0; display: grid; gap: 8px; }
.verdicts li { border-left: 4px solid var(--accent); background: var(--card); padding: 8px 12px; overflow-wrap: anywhere; }
.verdicts .good { border-color: var(--good); }
.verdicts .doubt { border-color: var(--doubt); }
.verdicts .bad { border-color: var(--bad); }
.verdicts strong { margin-right: 6px; }
.good strong { color: var(--good); }
.doubt strong { color: var(--doubt); }
.bad strong { color: var(--bad); }
.cards { list-style: none; margin: 18px 0 0; padding: 0; display: grid; gap: 12px;
  grid-template-columns: repeat(auto-fill, minmax(min(220px, 100%), 1fr)); }
.cards li { background: var(--card); border-radius: 8px; padding: 12px 16px; border-top: 3px solid var(--accent);
  overflow-wrap: anywhere; min-width: 0; }
.cards span { display: block; }
.cards .label { font-size: 14px; color: var(--soft); }
.cards .value { font-size: 32px; line-height: 1.2; font-weight: 600; font-variant-numeric: tabular-nums; }
.cards .unit { display: inline; font-size: 17px; font-weight: 400; color: var(--soft); }
.cards .detail { font-size: 13.5px; margin-top: 2px; }
.cards .caveat { font-size: 12.5px; color: var(--soft); margin-top: 6px; }
.cards .doubtful { border-top: 3px dashed var(--doubt); }
.cards .doubtful .caveat strong { color: var(--doubt); }
.limit { margin: 12px 0 0; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 16px; margin: 16px 0 0; font-size: 14px; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
code { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
.paper { display: none; }
figure.chart { margin: 0 0 20px; padding: 14px 16px; background: var(--card); border-radius: 8px; break-inside: avoid; }
figure.chart h3 { margin: 0; }
figcaption { font-size: 14px; margin-bottom: 8px; }
.vega-bind, .vega-bind label { display: block; max-width: 100%; }
.vega-bind select { max-width: 100%; }
.drawing { width: 100%; min-height: 40px; overflow: hidden; }
.drawing svg { max-width: 100%; height: auto; display: block; }
.choices { display: flex; flex-wrap: wrap; gap: 6px 16px; }
.choices:empty { display: none; }
.choices .vega-bind, .choices label { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; }
.choices { margin-bottom: 10px; }
.tools { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: flex-start; margin-top: 8px; font-size: 13px; }
.tools details { flex: 1 1 300px; min-width: 0; }
summary { cursor: pointer; color: var(--accent); }
.scroll { overflow: auto; max-height: 420px; margin: 6px 0; }
.scroll.all { max-height: none; margin-bottom: 18px; }
.scroll td.sentence { min-width: 15em; }
@media (min-width: 900px) {
  .scroll th, .scroll td:first-child:not(.sentence) { white-space: nowrap; }
  .scroll th wbr, .scroll td:first-child:not(.sentence) wbr { display: none; }
}
table { border-collapse: collapse; font-size: 13.5px; }
th, td { text-align: left; vertical-align: top; padding: 4px 14px 4px 0; border-bottom: 1px solid var(--rule); }
th { color: var(--soft); font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.list { padding-left: 20px; margin: 4px 0; font-size: 14px; overflow-wrap: anywhere; }
.list.warning { list-style: none; padding: 0; }
.list.warning li { border-left: 4px solid var(--doubt); padding: 2px 10px; margin: 6px 0; }
#vg-tooltip-element { position: fixed; z-index: 9; visibility: hidden; pointer-events: none; background: var(--paper);
  color: var(--ink); border: 1px solid var(--rule); border-radius: 6px; padding: 6px 9px; font-size: 12.5px;
  box-shadow: 0 3px 12px rgb(0 0 0 / 25%); }
#vg-tooltip-element.visible { visibility: visible; }
#vg-tooltip-element td, #vg-tooltip-element th { border: 0; padding: 0 6px 0 0; }
footer { font-size: 13px; padding-top: 28px; padding-bottom: 28px; }
@media (max-width: 600px) {
  header, main, footer { padding-left: 12px; padding-right: 12px; }
  figure.chart { padding: 10px; margin-left: -4px; margin-right: -4px; }
  h1 { font-size: 20px; }
}
@media print {
  :root, :root[data-colours], :root:not([data-colours]) { color-scheme: light; --paper: #fff; --card: #fff;
    --ink: #000; --soft: #333; --rule: #bbb; --accent: #000; --good: #000; --bad: #000; --doubt: #000; }
  @page { size: A4 portrait; margin: 14mm; }
  body { font-size: 10pt; }
  header, main, footer { max-width: none; padding: 0; }
  nav, .tools, .choices, #colours, .skip, .screen { display: none !important; }
  .paper { display: block; }
  h1 { font-size: 16pt; }
  h2 { margin-top: 22px; }
  h2, h3, summary { break-after: avoid; }
  .cards { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px; }
  .cards li, .verdicts li { border: 1px solid #bbb; }
  .cards li, .verdicts li, .facts dd, .list li, tr, figure.chart { break-inside: avoid; }
  .cards .value { font-size: 19pt; }
  .cards .doubtful { border-style: dashed; }
  .scroll { overflow: visible; max-height: none; }
  table { font-size: 8.5pt; width: 100%; margin-bottom: 10px; }
  thead { display: table-header-group; }
  th, td { overflow-wrap: break-word; padding-right: 8px; }
  .scroll td.sentence, td.sentence { overflow-wrap: anywhere; min-width: 8em; }
  td.number { overflow-wrap: normal; }
  th.number { white-space: normal; }
  /* Folded tables lie open; those for screens alone are a note. */
  details.folded::details-content { content-visibility: visible; display: block; }
  details.kept { display: none; }
  summary { list-style: none; font-weight: 600; }
  figure.chart { border: 1px solid #bbb; }
  figure.chart .drawing svg { width: 100% !important; height: auto !important; }
}
)";
}

}  // namespace cm::tools
