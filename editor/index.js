// The rich YAML editor: CodeMirror 6, loaded after the page, which works with its text area without it.
import { autocompletion, closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, toggleComment } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** Marks a change that came from the page, not from a person. */
const fromPage = Annotation.define();

const colors = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--key)" },
  { tag: [tags.string, tags.content, tags.number, tags.bool], color: "var(--string)" },
  { tag: tags.comment, color: "var(--comment)" },
  { tag: [tags.punctuation, tags.separator, tags.meta], color: "var(--dim)" },
]);

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
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad) 1px",
    textUnderlineOffset: "3px",
  },
  ".cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-diagnostic": { fontFamily: "var(--mono)", fontSize: "12px", whiteSpace: "pre-wrap" },
  ".cm-panels": { backgroundColor: "var(--panel)", color: "var(--ink)" },
});

/** Ends the focus trap of the Tab key: Escape, then Tab leaves the editor. */
const extensions = (typed, apply) => [
  lineNumbers(),
  lintGutter(),
  history(),
  drawSelection(),
  indentOnInput(),
  indentUnit.of("  "),
  closeBrackets(),
  autocompletion(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  yaml(),
  syntaxHighlighting(colors),
  look,
  keymap.of([
    { key: "Mod-Enter", run: () => (apply(), true) },
    { key: "Mod-/", run: toggleComment },
    indentWithTab,
    ...searchKeymap,
    ...historyKeymap,
    ...defaultKeymap,
  ]),
  EditorView.contentAttributes.of({ "data-testid": "editor", "aria-label": "Manifest", tabindex: "0" }),
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

globalThis.openEditor = (host, text, typed, apply) => {
  const state = (doc) => EditorState.create({ doc, extensions: extensions(typed, apply) });
  const view = new EditorView({ state: state(text), parent: host });
  drawWhole(view);
  globalThis.showEditorLine = (number) => {
    const { from, to } = view.state.doc.line(Math.min(number, view.state.doc.lines));
    view.dispatch({ selection: { anchor: to, head: from }, scrollIntoView: true });
    view.focus();
  };
  return {
    text(next) {
      if (view.state.doc.toString() === next) return;
      view.setState(state(next));
      drawWhole(view);
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
