import { Html } from "../html.js";

/** How a report looks, in the colours of its page. */
export const STYLE = new Html(`
header nav ol { columns: 2; padding-left: 1.8em } main section { margin-top: 2.5em }
h2 { border-bottom: 1px solid var(--s-line); padding-bottom: .25em } h3 { margin: 1.6em 0 .4em }
code, pre { font: .875em/1.45 ui-monospace, monospace; overflow-wrap: anywhere }
pre { overflow: auto; max-height: 28em; background: var(--s-raised); padding: 12px; border-radius: 6px; white-space: pre-wrap }
.aside, .remark { color: var(--s-faint); font-size: .9em }
/* Shadows at the sides to which a table goes on: the ground that moves along covers them at its ends. */
.wide { overflow-x: auto; max-width: 100%;
  background: linear-gradient(to right, var(--s-paper) 40%, transparent) 0 0 / 40px 100% no-repeat local,
    linear-gradient(to left, var(--s-paper) 40%, transparent) 100% 0 / 40px 100% no-repeat local,
    linear-gradient(to right, var(--s-shade), transparent) 0 0 / 14px 100% no-repeat scroll,
    linear-gradient(to left, var(--s-shade), transparent) 100% 0 / 14px 100% no-repeat scroll }
table.plain { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92em }
table.plain th, table.plain td { padding: 4px 12px 4px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--s-line); font-weight: 400 }
table.plain tr > :first-child { position: sticky; left: 0; min-width: 10em; background: var(--s-paper); overflow-wrap: anywhere }
#summary tr > :first-child { min-width: 0; overflow-wrap: normal }
table.plain small { color: var(--s-faint) } #summary small { white-space: nowrap }
table.plain thead th { font-weight: 600; overflow-wrap: anywhere } .on-paper { display: none } table.plain td { overflow-wrap: anywhere; min-width: 6em }
/* Their section's heading says the same. */
#wins > .simvlm-table > .view-title { display: none }
summary { cursor: pointer; color: var(--s-accent); padding: .3em 0 }
@media (max-width: 600px) { header nav ol { columns: 1 } table.plain tr > :first-child { padding-right: 8px } }
@media print {
  header nav { display: none } main section { margin-top: 1.6em } summary { font-weight: 600 }
  .wide, pre { overflow: visible; max-height: none } .wide { background: none } pre { font-size: 7pt; padding: 6px; columns: 2 }
  table.plain { font-size: 8.5pt; width: 100% } table.plain thead { display: table-header-group }
  table.plain tr > :first-child { position: static } #summary small { white-space: normal }
  table.plain.split { display: none } .on-paper { display: block } .on-paper + .on-paper { margin-top: 12pt }
}
`);
