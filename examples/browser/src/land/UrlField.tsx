import { useSignal } from "@preact/signals";
import { land } from "./land.ts";
import { meantUrl } from "./fetch-source.ts";

export function UrlField() {
  const text = useSignal("");
  const wrong = useSignal(false);
  return (
    <form
      class="url"
      onSubmit={(event) => {
        event.preventDefault();
        const url = meantUrl(text.value);
        wrong.value = url === undefined;
        if (url !== undefined) void land({ kind: "url", url });
      }}
    >
      <label class="unseen" for="address">
        Address of a file or an API
      </label>
      <input
        id="address"
        type="text"
        inputMode="url"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder="https://… a file or an API"
        value={text.value}
        aria-invalid={wrong.value}
        aria-describedby={wrong.value ? "address-wrong" : undefined}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          wrong.value = false;
        }}
      />
      <button type="submit" disabled={text.value.trim() === ""}>
        Read
      </button>
      {wrong.value && (
        <p id="address-wrong" class="wrong" role="alert">
          That is no web address. One looks like https://example.org/data.json
        </p>
      )}
    </form>
  );
}
