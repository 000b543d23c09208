import { useSignal } from "@preact/signals";
import { say } from "../app/announce.ts";
import { Icon } from "../app/icons.tsx";

export function CopyButton({ text, what, label }: { text: string; what: string; label?: string }) {
  const copied = useSignal(false);
  return (
    <button
      type="button"
      class={label ? "" : "plain"}
      aria-label={label ? undefined : `Copy ${what}`}
      onClick={async () => {
        await navigator.clipboard.writeText(text);
        copied.value = true;
        say(`${what} copied`);
        setTimeout(() => (copied.value = false), 1600);
      }}
    >
      <Icon name={copied.value ? "check" : "copy"} />
      {label && <> {copied.value ? "Copied" : label}</>}
    </button>
  );
}
