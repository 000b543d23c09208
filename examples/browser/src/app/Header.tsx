import { Sent } from "./Sent.tsx";
import { Icon } from "./icons.tsx";
import { nextTheme, theme } from "./theme.ts";
import { savedOpen } from "../storage/saved.ts";

const THEMES = { system: "system", light: "sun", dark: "moon" } as const;

export function Header() {
  return (
    <header class="top">
      <a class="mark" href="./" aria-label="runlet, start page">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M7 7h8M7 16h8m0-9v18m0-9h9m-9 9h9" />
          <circle cx="25" cy="16" r="2.4" />
          <circle cx="25" cy="25" r="2.4" />
        </svg>
        runlet
      </a>
      <nav aria-label="Page">
        <Sent />
        <button
          type="button"
          id="saved-button"
          class="plain"
          onClick={() => (savedOpen.value = !savedOpen.value)}
          aria-expanded={savedOpen.value}
        >
          <Icon name="save" /> Saved
        </button>
        <button
          type="button"
          class="plain"
          onClick={nextTheme}
          aria-label={`Colours: ${theme.value}`}
          title={`Colours: ${theme.value}`}
        >
          <Icon name={THEMES[theme.value]} />
        </button>
      </nav>
    </header>
  );
}
