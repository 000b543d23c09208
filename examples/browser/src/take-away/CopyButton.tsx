import { useSignal } from "@preact/signals";
import { say } from "../app/announce.ts";
import { Icon } from "../app/icons.tsx";

interface CopyButtonProps {
  /** A function where the text is long: it is made when it is wanted. */
  text: string | (() => string);
  what: string;
  label?: string;
}

export function CopyButton({ text, what, label }: CopyButtonProps) {
  const state = useSignal<"idle" | "copied" | "refused">("idle");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      state.value = "copied";
      say(`${what} copied`);
    } catch {
      // Not over plain HTTP, and not where the person has forbidden it.
      state.value = "refused";
      say(`the browser does not let this page copy ${what}`);
    }
    setTimeout(() => (state.value = "idle"), 1600);
  };
  const icons = { idle: "copy", copied: "check", refused: "close" } as const;
  const words = { idle: label, copied: "Copied", refused: "Not allowed" };
  return (
    <button
      type="button"
      class={label ? "" : "plain"}
      aria-label={label ? undefined : `Copy ${what}`}
      onClick={() => void copy()}
    >
      <Icon name={icons[state.value]} />
      {label && <> {words[state.value]}</>}
    </button>
  );
}
