import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { PostgreSQL, sql, type SQLNamespace } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { TableView } from "../tables/model.ts";

export interface SqlEditor {
  text(): string;
  /** What completion knows. */
  setTables(tables: readonly TableView[]): void;
  destroy(): void;
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.typeName, tags.standard(tags.name)], color: "var(--code-type)" },
]);

const look = EditorView.theme({
  "&": { fontSize: "14px", backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-content": {
    fontFamily: "var(--mono)",
    padding: "12px 4px",
    caretColor: "var(--accent)",
    minHeight: "96px",
  },
  ".cm-scroller": { lineHeight: "1.55", fontFamily: "var(--mono)", maxHeight: "260px" },
  ".cm-cursor": { borderLeftColor: "var(--accent)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--selection) !important",
  },
  ".cm-matchingBracket": { background: "var(--accent-soft)", color: "inherit" },
  ".cm-tooltip": {
    background: "var(--card)",
    border: "1px solid var(--line)",
    borderRadius: "8px",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "13px" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "3px 10px !important" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    background: "var(--accent)",
    color: "var(--on-accent)",
  },
  ".cm-completionDetail": { color: "inherit", opacity: "0.7", fontStyle: "normal" },
});

/** Typing over a selection is done here: Chromium would give what is typed the colours of what was there, as an inline
 *  style, which the content security policy forbids. */
const typeOver = EditorView.domEventHandlers({
  beforeinput({ inputType, data }, view) {
    const { selection } = view.state;
    if (inputType !== "insertText" || !data || /["'([{]/.test(data) || view.composing || selection.main.empty)
      return false;
    view.dispatch(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
    startCompletion(view);
    return true;
  },
});

/** An SQL editor. Tab leaves it, as from any field. It stands in a shadow tree: there its styles are style sheets made by script, which a strict content
 *  security policy allows, and not `<style>` elements, which it forbids. */
export function openEditor(
  parent: HTMLElement,
  options: { text: string; tables: readonly TableView[]; run(): void; changed(text: string): void },
): SqlEditor {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
  const language = new Compartment();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        keymap.of([
          { key: "Mod-Enter", run: () => (options.run(), true), preventDefault: true },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          ...completionKeymap,
        ]),
        history(),
        typeOver,
        language.of(languageOf(options.tables)),
        autocompletion({ icons: false }),
        bracketMatching(),
        closeBrackets(),
        drawSelection(),
        syntaxHighlighting(colours),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "SQL", spellcheck: "false", autocapitalize: "off" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.changed(update.state.doc.toString());
        }),
        placeholder("select …"),
        look,
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    setTables: (tables) => view.dispatch({ effects: language.reconfigure(languageOf(tables)) }),
    destroy: () => view.destroy(),
  };
}

function languageOf(tables: readonly TableView[]) {
  const schema: SQLNamespace = Object.fromEntries(
    tables.map(({ name, columns }) => [
      name,
      columns.map((column) => ({ label: column.name, detail: column.type, type: "property" })),
    ]),
  );
  return sql({ dialect: PostgreSQL, schema, upperCaseKeywords: false });
}
