// YAML as the editor knows it: colors of the lines in sight, comments, indentation. Nothing here reads more than what is
// looked at, so that a key in a long text costs what it costs in a short one.
import { indentService } from "@codemirror/language";
import { EditorState, RangeSetBuilder } from "@codemirror/state";
import { Decoration, ViewPlugin } from "@codemirror/view";

/** What a line consists of, by its color. */
const token = new RegExp(
  [
    String.raw`(?<comment>(?:^|(?<=\s))#.*)`,
    String.raw`(?<dim>^(?:---|\.\.\.)(?=\s|$)|[-?:](?=\s|$)|[,[\]{}]|[&*!][^\s,[\]{}]*|[|>][-+\d]*(?=\s|$))`,
    String.raw`(?<key>(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'#,[\]{}][^#,[\]{}]*?)(?=\s*:(?:\s|$)))`,
    String.raw`(?<string>"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[^\s,[\]{}]+)`,
  ].join("|"),
  "g",
);

const marks = Object.fromEntries(
  ["comment", "dim", "key", "string"].map((name) => [name, Decoration.mark({ class: `cm-yaml-${name}` })]),
);

/** A line under which a block of text begins, and characters of a line that are colored at most. */
const opens = /(?:^|\s)[|>][-+\d]*\s*(?:\s#.*)?$/;
const longest = 2000;

const indent = (text) => text.search(/\S|$/);

/** The indentation of the line that opened the block of text in which a line stands; -1: it stands in none. */
function blockAround(doc, number) {
  let least = Infinity;
  for (let at = number; at > Math.max(number - 200, 0) && least > 0; at -= 1) {
    const { text } = doc.line(at);
    const column = indent(text);
    if (column === text.length || (at < number && column >= least)) continue;
    if (at < number && opens.test(text)) return column;
    least = column;
  }
  return -1;
}

function colored(view) {
  const builder = new RangeSetBuilder();
  const { doc } = view.state;
  for (const { from, to } of view.visibleRanges) {
    let block = blockAround(doc, doc.lineAt(from).number);
    for (let at = from; at <= to; ) {
      const line = doc.lineAt(at);
      const column = indent(line.text);
      const inside = block >= 0 && (column > block || column === line.text.length);
      if (inside && column < line.text.length) builder.add(line.from + column, line.to, marks.string);
      if (!inside) {
        block = opens.test(line.text) ? column : -1;
        for (const found of line.text.slice(0, longest).matchAll(token)) {
          const kind = Object.keys(marks).find((name) => found.groups[name] !== undefined);
          builder.add(line.from + found.index, line.from + found.index + found[0].length, marks[kind]);
        }
      }
      at = line.to + 1;
    }
  }
  return builder.finish();
}

const colors = ViewPlugin.define(
  (view) => ({
    decorations: colored(view),
    update(update) {
      if (update.docChanged || update.viewportChanged) this.decorations = colored(update.view);
    },
  }),
  { decorations: (plugin) => plugin.decorations },
);

/** Where a new line begins: below a key deeper than it, else where the key or the text above began. */
const indentation = indentService.of((context, pos) => {
  if (context.simulatedBreak === null) return undefined;
  const { text } = context.lineAt(pos, -1);
  const dashes = /^\s*(?:- +)*/.exec(text)[0].length;
  return dashes + (/:\s*(?:[|>][-+\d]*\s*)?(?:\s#.*)?$/.test(text) ? context.unit : 0);
});

export const yaml = () => [
  colors,
  indentation,
  EditorState.languageData.of(() => [{ commentTokens: { line: "#" } }]),
];
