export * from "./document/index.js";
export * from "./explanation/index.js";
export * from "./explorer/index.js";
export { escapeHtml, Html, html } from "./html.js";
export { type Library, type LibraryName, loadLibrary } from "./libraries.js";
export * from "./plots/index.js";
export { stackViews } from "./stack.js";
export * from "./tables/index.js";
export { type PageOptions, renderPage, type View } from "./view.js";
