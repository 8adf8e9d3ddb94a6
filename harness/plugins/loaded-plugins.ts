/** A plug-in that has been loaded. */
export interface LoadedPlugin {
  /** As it was named: a file or a package. */
  readonly name: string;
  /** SHA-256 of the file; absent for a package. */
  readonly sha256?: string;
  /** What it defines, as `task count-dots`, `metric length-ratio`, `family mean-colour`. */
  readonly defines: readonly string[];
}

/** By the module's address. */
export const loadedPlugins = new Map<string, LoadedPlugin>();

/** The plug-ins that have been loaded, in order. */
export function listPlugins(): LoadedPlugin[] {
  return [...new Set(loadedPlugins.values())];
}
