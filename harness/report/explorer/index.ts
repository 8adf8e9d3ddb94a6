export { type ExplorerOptions, explorerView } from "./view.js";
