export { loadPlugins } from "./load-plugins.js";
export { type LoadedPlugin, listPlugins } from "./loaded-plugins.js";
export { loadPluginsBeside, PLUGIN_CONFIG } from "./plugin-config.js";
