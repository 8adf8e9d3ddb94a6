import { Html } from "../html.js";

/** How a report looks. */
export const STYLE = new Html(`
header nav ol { columns: 2; padding-left: 1.4em } section { margin-top: 2.5em } a { color: #2458a6 }
h2 { border-bottom: 1px solid #d9d9e0; padding-bottom: .25em } h3 { margin: 1.6em 0 .4em }
code, pre { font: .875em/1.45 ui-monospace, monospace; overflow-wrap: anywhere }
pre { overflow: auto; max-height: 28em; background: #f6f6f8; padding: 12px; border-radius: 6px; white-space: pre-wrap }
.aside, .remark { color: #55555f; font-size: .9em }
.wide { overflow-x: auto; max-width: 100% }
table.plain { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92em }
table.plain th, table.plain td { padding: 4px 12px 4px 0; text-align: left; vertical-align: top; border-bottom: 1px solid #ececf0; font-weight: 400 } table.plain small { color: #55555f } #summary small { white-space: nowrap }
table.plain thead th { font-weight: 600 } table.plain td { overflow-wrap: anywhere; min-width: 6em }
/* Their section's heading says the same. */
#wins > .simvlm-table > h4 { display: none }
summary { cursor: pointer; color: #2458a6; padding: .3em 0 }
@media (max-width: 600px) { header nav ol { columns: 1 } }
@media print {
  body { max-width: none; padding: 0; font-size: 11pt } header nav, summary { display: none }
  section, table.plain tr, figure { break-inside: avoid-page } section:has(pre) { break-inside: auto } .wide, pre { overflow: visible; max-height: none }
}
`);
