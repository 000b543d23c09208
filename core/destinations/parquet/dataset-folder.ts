import type { FolderItem, OpenFolder } from "../../folders/folder.ts";

/** The part of a folder that is one dataset's; names are within it. */
export function datasetFolder(folder: OpenFolder, dataset: string): OpenFolder {
  const prefix = `${dataset}/`;
  const within = (item: FolderItem): FolderItem => ({ ...item, name: item.name.slice(prefix.length) });
  return {
    put: (name, bytes, options) => folder.put(prefix + name, bytes, options),
    get: (name) => folder.get(prefix + name),
    list: async (below) => (await folder.list(prefix + below)).map(within),
    folders: (below) => folder.folders(prefix + below),
    remove: (name) => folder.remove(prefix + name),
    ...(folder.path ? { path: (name: string) => folder.path!(prefix + name) } : {}),
  };
}
