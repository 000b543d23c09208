import eventsUrl from "../../samples/github-events.json.gz?url";
import blocksUrl from "../../samples/ethereum-blocks.json.gz?url";
import messagesUrl from "../../samples/message-threads.ndjson.gz?url";

export interface Sample {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** Name of the file, from which the table is named. */
  readonly file: string;
  readonly url: string;
  /** A question worth asking, and how its answer is best seen. */
  readonly sql: string;
}

export const SAMPLES: readonly Sample[] = [
  {
    id: "github-events",
    title: "GitHub events",
    about: "100 events of a repository: pushes, reviews, labels",
    file: "events.json.gz",
    url: eventsUrl,
    sql: `-- Whose commits were pushed, and in how many pushes?
select c.author__name as author, count(*) as commits, count(distinct e.id) as pushes
from events e
join events__payload__commits c on c._dlt_parent_id = e._dlt_id
group by author
order by commits desc`,
  },
  {
    id: "message-threads",
    title: "Message threads",
    about: "2,533 chat messages, and which ones they answer",
    file: "messages.ndjson.gz",
    url: messagesUrl,
    sql: `-- Which messages got the most answers?
select m.user, count(*) as answers, m.text
from messages m
join messages__reply_to r on r.value = m.id
group by m.id, m.user, m.text
order by answers desc
limit 20`,
  },
  {
    id: "ethereum-blocks",
    title: "Ethereum blocks",
    about: "2 blocks, their transactions and logs: 7 tables",
    file: "blocks.json.gz",
    url: blocksUrl,
    sql: `-- Which transactions wrote the most log entries?
select t.transaction_index as place, t.gas, count(*) as log_entries
from blocks__transactions t
join blocks__transactions__logs l on l._dlt_parent_id = t._dlt_id
group by all
order by log_entries desc
limit 20`,
  },
];

export function sampleOf(id: string): Sample | undefined {
  return SAMPLES.find((sample) => sample.id === id);
}
