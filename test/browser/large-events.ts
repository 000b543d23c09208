/** About so many bytes of events, one a line: strings, numbers, times, nested objects and lists, now and then a new key. */
export function largeEvents(bytes: number): Buffer {
  const lines: string[] = [];
  let length = 0;
  for (let id = 0; length < bytes; id++) {
    const line = JSON.stringify({
      id: String(40_000_000_000 + id),
      type: ["PushEvent", "WatchEvent", "ForkEvent"][id % 3],
      actor: { id: id % 997, login: `actor-${id % 997}`, url: `https://example.org/users/actor-${id % 997}` },
      size: id % 7,
      score: id / 8,
      public: id % 2 === 0,
      created_at: new Date(1_700_000_000_000 + id * 1000).toISOString(),
      message: `what happened in ${id} is told at some length, as people do: `.repeat(1 + (id % 4)),
      commits: Array.from({ length: id % 3 }, (_, at) => ({ sha: `${id}-${at}`, distinct: at === 0 })),
      ...(id % 5000 === 4999 ? { [`rare_${id}`]: id } : {}),
    });
    lines.push(line);
    length += line.length + 1;
  }
  return Buffer.from(`${lines.join("\n")}\n`);
}
