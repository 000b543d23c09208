import { view, type View } from "./session.ts";

const VIEWS: readonly [View, string][] = [
  ["rows", "Rows"],
  ["diagram", "Diagram"],
  ["sql", "SQL"],
  ["take", "Take away"],
];

const MOVES: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };

export function Tabs() {
  const go = (index: number) => {
    const [next] = VIEWS[(index + VIEWS.length) % VIEWS.length]!;
    view.value = next;
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Views">
      {VIEWS.map(([name, label], index) => (
        <button
          type="button"
          role="tab"
          key={name}
          id={`tab-${name}`}
          aria-selected={view.value === name}
          aria-controls={view.value === name ? `panel-${name}` : undefined}
          tabIndex={view.value === name ? 0 : -1}
          onClick={() => (view.value = name)}
          onKeyDown={(event) => {
            const move = MOVES[event.key];
            if (move !== undefined) go(index + move);
            else if (event.key === "Home") go(0);
            else if (event.key === "End") go(VIEWS.length - 1);
            else return;
            event.preventDefault();
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
