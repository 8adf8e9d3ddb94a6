export { type ExplorerOptions, explorerView } from "./explorer-view.js";
