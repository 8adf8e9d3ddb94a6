export { loadPluginsBeside, PLUGIN_CONFIG } from "./config.js";
export { loadPlugins } from "./load.js";
export { type LoadedPlugin, listPlugins } from "./loaded.js";
