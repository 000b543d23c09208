/** Prefix of the tables of resources that are read but not loaded; nothing of them leaves the engine. */
export const UNLOADED = "_runlet_unloaded_";
