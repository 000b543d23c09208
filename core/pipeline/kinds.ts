// Node loads all of its fetch when somebody names `Response`, and all its streams with `ReadableStream`: a tenth of a
// second of a small run. So the name that an object gives itself is looked at first.

export function isResponse(value: unknown): value is Response {
  return called(value, "Response") && value instanceof Response;
}

export function isReadableStream(value: unknown): value is ReadableStream {
  return called(value, "ReadableStream") && value instanceof ReadableStream;
}

export function isBlob(value: unknown): value is Blob {
  // A File is a Blob of another name.
  return (called(value, "Blob") || called(value, "File")) && value instanceof Blob;
}

function called(value: unknown, name: string): boolean {
  return (value as Partial<Blob> | null | undefined)?.[Symbol.toStringTag as never] === name;
}
