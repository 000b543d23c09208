import { StateField, Transaction, type ChangeSet, type EditorState } from "@codemirror/state";
import { type EditorView, keymap } from "@codemirror/view";

interface Step {
  readonly changes: ChangeSet;
  readonly at: number;
}

interface Past {
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
}

const direction = Transaction.userEvent;
const MOST = 200;
/** Typing within this many milliseconds is undone as one. */
const TOGETHER = 500;
const empty: Past = { done: [], undone: [] };

const past = StateField.define<Past>({
  create: () => empty,
  update(value, transaction) {
    if (!transaction.docChanged) return value;
    const inverse = transaction.changes.invert(transaction.startState.doc);
    const step = { changes: inverse, at: transaction.annotation(Transaction.time) ?? 0 };
    if (transaction.isUserEvent("undo")) {
      return { done: value.done.slice(0, -1), undone: [...value.undone, step] };
    }
    if (transaction.isUserEvent("redo")) {
      return { done: [...value.done, { ...step, at: 0 }], undone: value.undone.slice(0, -1) };
    }
    const last = value.done.at(-1);
    if (last && step.at - last.at < TOGETHER && transaction.isUserEvent("input.type")) {
      return {
        done: [...value.done.slice(0, -1), { changes: inverse.compose(last.changes), at: step.at }],
        undone: [],
      };
    }
    return { done: [...value.done, step].slice(-MOST), undone: [] };
  },
});

function go(way: "undo" | "redo") {
  return (view: EditorView): boolean => {
    const step = stepOf(view.state, way);
    if (step) view.dispatch({ changes: step.changes, annotations: direction.of(way), scrollIntoView: true });
    return true;
  };
}

function stepOf(state: EditorState, way: "undo" | "redo"): Step | undefined {
  const { done, undone } = state.field(past);
  return (way === "undo" ? done : undone).at(-1);
}

/** Undo and redo by the usual keys. */
export const undoable = [
  past,
  keymap.of([
    { key: "Mod-z", run: go("undo"), preventDefault: true },
    { key: "Mod-y", mac: "Mod-Shift-z", run: go("redo"), preventDefault: true },
    { key: "Mod-Shift-z", run: go("redo"), preventDefault: true },
  ]),
];
