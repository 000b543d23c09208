import { announced } from "./announce.ts";
import { Header } from "./Header.tsx";
import { session } from "./session.ts";
import { Workspace } from "./Workspace.tsx";
import { Landing } from "../land/Landing.tsx";
import { DropTarget } from "../land/DropTarget.tsx";
import { Saved } from "../storage/Saved.tsx";
import { savedOpen } from "../storage/saved.ts";

export function App() {
  const open = session.value;
  const own = open !== undefined && open.input.kind !== "sample";
  return (
    <DropTarget>
      <a class="skip" href="#work">
        Skip to the tables
      </a>
      <Header />
      {savedOpen.value && <Saved />}
      <main class={own ? "own" : ""}>
        <Landing slim={own} />
        <div id="work" tabIndex={-1}>
          {open && <Workspace open={open} key={open.id} />}
        </div>
      </main>
      <footer class="foot">
        <p>
          This page is an example of <strong>runlet</strong>, a library that makes tables of JSON in Node,
          Deno, Bun, Workers and browsers: <code>npm install runlet</code>
        </p>
      </footer>
      <div class="unseen" role="status" aria-live="polite">
        {announced.value}
      </div>
    </DropTarget>
  );
}
