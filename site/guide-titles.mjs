import { RendererEvent } from "typedoc";

/** A plug-in of TypeDoc: guides are called what their headings say, at the addresses of their files' names. */
export function load({ renderer }) {
  // Addresses are settled by then, and navigation and search are not yet written.
  renderer.on(RendererEvent.BEGIN, ({ project }) => {
    for (const guide of project.documents ?? []) {
      const heading = /^# (.+)$/m.exec(guide.content.map(({ text }) => text).join(""))?.[1];
      if (!heading) throw new Error(`The guide ${guide.name} has no heading.`);
      guide.name = heading.replaceAll("`", "");
    }
  });
}
