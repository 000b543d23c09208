import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

const KEY = "runlet-theme";
const NEXT = { system: "light", light: "dark", dark: "system" } as const;

/** The colours a person chose; `system` follows the system as it changes. */
export const theme = signal<Theme>(stored());

export function nextTheme(): void {
  theme.value = NEXT[theme.value];
}

/** Whether dark colours are on now. */
export const isDark = signal(false);

export function applyTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    isDark.value = theme.value === "dark" || (theme.value === "system" && system.matches);
    document.documentElement.dataset["theme"] = isDark.value ? "dark" : "light";
  };
  system.addEventListener("change", apply);
  effect(() => {
    apply();
    try {
      localStorage.setItem(KEY, theme.value);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  });
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}
