// The rich YAML editor: CodeMirror 6, loaded after the page, which works with its text area without it.
import { acceptCompletion, autocompletion, closeBrackets, completionStatus } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, toggleComment } from "@codemirror/commands";
import { indentUnit } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { yaml } from "./yaml.js";

/** Marks a change that came from the page, not from a person. */
const fromPage = Annotation.define();

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "12.5px", backgroundColor: "var(--panel)", color: "var(--ink)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px" },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--comment)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--soft)" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent) !important",
  },
  ".cm-yaml-key": { color: "var(--key)" },
  ".cm-yaml-string": { color: "var(--string)" },
  ".cm-yaml-comment": { color: "var(--comment)" },
  ".cm-yaml-dim": { color: "var(--dim)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad) 1px",
    textUnderlineOffset: "3px",
  },
  ".cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-diagnostic": { fontFamily: "var(--mono)", fontSize: "12px", whiteSpace: "pre-wrap" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "14em" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "3px 8px !important" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent) !important",
    color: "var(--on-accent) !important",
  },
  ".cm-completionDetail": { fontStyle: "normal !important", color: "inherit", marginLeft: "1em !important" },
  ".cm-panels": { backgroundColor: "var(--panel)", color: "var(--ink)" },
});

/** Asks the page what can be typed: `[back, [[label, insert, detail], …]]`. */
const source = (complete) => (context) => {
  const { state, pos, explicit } = context;
  const line = state.doc.lineAt(pos);
  const before = line.text.slice(0, pos - line.from);
  if (!explicit && !/\S/.test(before)) return null;
  const [back, found] = complete(state.doc.toString(), line.number - 1, before.length);
  if (!found.length) return null;
  const options = found.map(([label, insert, detail]) => ({
    label,
    apply: insert,
    detail,
    type: insert === label ? "enum" : "property",
  }));
  return { from: pos - back, options, validFor: /^[\w.\/-]*$/ };
};

/** Tab takes a completion, else indents; Escape, then Tab leaves the editor. */
const extensions = (label, typed, apply, complete) => [
  lineNumbers(),
  lintGutter(),
  history(),
  drawSelection(),
  indentUnit.of("  "),
  closeBrackets(),
  autocompletion({ override: [source(complete)], icons: false }),
  highlightActiveLine(),
  highlightSelectionMatches(),
  yaml(),
  look,
  keymap.of([
    { key: "Mod-Enter", run: () => (apply(), true) },
    { key: "Mod-/", run: toggleComment },
    { key: "Tab", run: (view) => completionStatus(view.state) === "active" && acceptCompletion(view) },
    indentWithTab,
    ...searchKeymap,
    ...historyKeymap,
    ...defaultKeymap,
  ]),
  EditorView.contentAttributes.of({ "data-testid": "editor", "aria-label": label, tabindex: "0" }),
  EditorView.updateListener.of((update) => {
    const own = update.transactions.some((transaction) => transaction.annotation(fromPage));
    if (update.docChanged) drawWhole(update.view);
    if (update.docChanged && !own) typed(update.state.doc.toString());
  }),
];

/** Up to so many lines the whole text is in the document, for screen readers, find-in-page and tests; a longer
 *  one is drawn where it is looked at. What the editor does for printing does just that. */
const wholeLines = 400;

function drawWhole(view) {
  view.viewState.printing = view.state.doc.lines <= wholeLines;
  view.requestMeasure();
}

/** The piece in which two texts differ, as a change of the first. */
function difference(old, next) {
  let from = 0;
  const end = Math.min(old.length, next.length);
  while (from < end && old.charCodeAt(from) === next.charCodeAt(from)) from += 1;
  let tail = 0;
  while (tail < end - from && old.charCodeAt(old.length - 1 - tail) === next.charCodeAt(next.length - 1 - tail)) tail += 1;
  return { from, to: old.length - tail, insert: next.slice(from, next.length - tail) };
}

globalThis.openEditor = (host, label, typed, apply, complete) => {
  const fresh = (doc) => EditorState.create({ doc, extensions: extensions(label, typed, apply, complete) });
  /** The states of the files that were open: what can be undone, where the cursor was. */
  const states = new Map();
  let open = null;
  const view = new EditorView({ state: fresh(""), parent: host });
  globalThis.showEditorLine = (number) => {
    const { from, to } = view.state.doc.line(Math.min(number, view.state.doc.lines));
    view.dispatch({ selection: { anchor: to, head: from }, scrollIntoView: true });
    view.focus();
  };
  return {
    text([name, next]) {
      if (name !== open) {
        if (open !== null) states.set(open, view.state);
        open = name;
        view.setState(states.get(name) ?? fresh(next));
        drawWhole(view);
      }
      const old = view.state.doc.toString();
      if (old === next) return;
      view.dispatch({ changes: difference(old, next), annotations: fromPage.of(true) });
    },
    diagnostics(found) {
      const marks = found
        .filter(([line]) => line > 0)
        .map(([number, message]) => {
          const line = view.state.doc.line(Math.min(number, view.state.doc.lines));
          const indent = line.text.search(/\S|$/);
          return { from: line.from + indent, to: line.to, severity: "error", message };
        });
      view.dispatch(setDiagnostics(view.state, marks));
    },
  };
};
