import { useSignal } from "@preact/signals";
import { Icon } from "./icons.tsx";
import { plural, size } from "./numbers.ts";
import { outside, sentBytes } from "./sent.ts";

/** How much of the data has left this page, and what was asked of other sites. */
export function Sent() {
  const open = useSignal(false);
  const requests = outside.value;
  return (
    <div class="sent" onKeyDown={(event) => event.key === "Escape" && (open.value = false)}>
      <button
        type="button"
        class="plain"
        aria-expanded={open.value}
        aria-controls="sent-list"
        onClick={() => (open.value = !open.value)}
      >
        <Icon name="shield" /> <span data-test="sent">{size(sentBytes.value)} sent</span>
      </button>
      {open.value && (
        <div id="sent-list" class="popover">
          <p>
            Your data stays in this tab: it is read, made into tables and asked here.{" "}
            <strong>{size(sentBytes.value)}</strong> have been sent, counted over every request of this page.
          </p>
          {requests.length === 0 ? (
            <p class="quiet">Nothing was asked of another site.</p>
          ) : (
            <>
              <p class="quiet">
                {plural(requests.length, "request")} to other sites, for addresses that you gave:
              </p>
              <ul>
                {requests.slice(-8).map(({ method, url, bytes }) => (
                  <li>
                    <code>
                      {method} {url}
                    </code>{" "}
                    <span class="quiet">{size(bytes)} sent</span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
    </div>
  );
}
