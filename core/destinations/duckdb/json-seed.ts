/** Arrow IPC stream without rows, of one field `json`: Utf8 with the extension name `arrow.json`. */
const STREAM =
  "/////8gAAAAQAAAAAAAKABAADgAHAAgACgAAAAAAAAEQAAAAAAAEAAgACAAAAAQACAAAAAQAAAABAAAAGAAAAAAAEgAcAAgADwAXABgAAAAQAAQAEgAAACQAAAAUAAAAAAAAAWAAAAAAAAAFYAAAAAQAAABqc29uAAAAAAEAAAAMAAAACAAMAAgABAAIAAAACAAAABQAAAAKAAAAYXJyb3cuanNvbgAAFAAAAEFSUk9XOmV4dGVuc2lvbjpuYW1lAAAAAAAAAAAEAAQABAAAAP////8AAAAA";

/** The stream that makes a table with a column of type JSON, a type that has no name without the json extension. */
export function jsonSeedStream(): Uint8Array {
  return Uint8Array.from(atob(STREAM), (character) => character.charCodeAt(0));
}
