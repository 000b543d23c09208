import { storageEstimate } from "runlet/browser";
import { size } from "../app/numbers.ts";

/** What a person is told when saving fails; where there is no room, with how much there is. */
export async function whySavingFailed(error: unknown): Promise<string> {
  const message = error instanceof Error ? error.message : String(error);
  if (!/quota|storage is full/i.test(message)) return message;
  const { used, quota, available } = await storageEstimate();
  // Some browsers name the same large quota everywhere, whatever there is.
  const left =
    available < quota / 20
      ? `${size(used)} used of ${size(quota)}, ${size(available)} left`
      : `${size(used)} used, and the browser gives no more`;
  return `There is no room to save it: ${left}. Delete what is saved, or take it away as a file.`;
}
