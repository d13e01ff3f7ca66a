// The parts of a function that run or do not: a segment is what stands between two places where a function may go another way.
// What no first view runs can be made a function of its own (scripts/outline.mjs), which waits as others do (scripts/split.mjs).
import binaryen from "binaryen";

/** Which fields of an expression are expressions, in the order in which they are done, by kind. */
const fields = new Map(
  Object.entries({
    Block: ["children"],
    If: ["condition", "ifTrue", "ifFalse"],
    Loop: ["body"],
    Break: ["value", "condition"],
    Switch: ["value", "condition"],
    Call: ["operands"],
    CallIndirect: ["operands", "target"],
    LocalGet: [],
    LocalSet: ["value"],
    GlobalGet: [],
    GlobalSet: ["value"],
    Load: ["ptr"],
    Store: ["ptr", "value"],
    Const: [],
    Unary: ["value"],
    Binary: ["left", "right"],
    Select: ["ifTrue", "ifFalse", "condition"],
    Drop: ["value"],
    Return: ["value"],
    Unreachable: [],
    Nop: [],
    MemorySize: [],
    MemoryGrow: ["delta"],
    MemoryCopy: ["dest", "source", "size"],
    MemoryFill: ["dest", "value", "size"],
  }).map(([kind, names]) => [binaryen[`${kind}Id`], names]),
);
export const id = (kind) => binaryen[`${kind}Id`];
const turns = new Set(["If", "Loop", "Break", "Switch", "Return", "Unreachable"].map(id));
const bare = new Set(["Unreachable", "Nop"].map(id));

/** What an expression is; of kinds that the interface cannot tell of, kind and type alone. */
export function look(expression) {
  const kind = binaryen.getExpressionId(expression);
  if (fields.has(kind) && !bare.has(kind)) return binaryen.getExpressionInfo(expression);
  return { id: kind, type: binaryen.getExpressionType(expression) };
}

export const known = (info) => fields.has(info.id);

/** `[field, expression]` of the expressions right inside of one. */
export const inside = (info) =>
  (fields.get(info.id) ?? []).flatMap((field) => [info[field]].flat().map((inner) => [field, inner])).filter(([, inner]) => inner);

/** Tells of each expression in the order in which they are written down. */
export function each(items, told) {
  for (const item of items) {
    const info = look(item);
    each(inside(info).map(([, inner]) => inner), told);
    told(info, item);
  }
}

/** A function's lists of expressions, and its segments in the order in which they are met.
 *
 *  A list is the children of a block (`field` is "children"), or the one expression in another field of `owner`, or of the function; `parts`
 *  says which segment begins where, `around` in which segment the list stands. Of a segment it is known in which list it begins, and where. */
export function survey(body) {
  const found = { lists: [], segments: [], shape: [] };
  const open = (list, from) => {
    list.parts.push({ from, segment: found.segments.length });
    return found.segments.push({ list, from }) - 1;
  };
  const list = (owner, field, items, around) => {
    found.lists.push({ owner, field, items, around, parts: [] });
    return found.lists.at(-1);
  };
  // Whether what was visited may go another way.
  const visit = (expression, segment) => {
    const info = look(expression);
    found.shape.push(info.id);
    if (info.id === id("Block")) {
      const here = list(expression, "children", info.children, segment);
      here.parts.push({ from: 0, segment });
      return children(here, segment) || Boolean(info.name);
    }
    let turned = turns.has(info.id);
    for (const [field, inner] of inside(info)) {
      if (info.id === id("Loop") || (info.id === id("If") && field !== "condition")) alone(expression, field, inner, segment);
      else if (visit(inner, segment)) turned = true;
    }
    return turned;
  };
  const children = (here, segment) => {
    let [any, turned, now] = [false, false, segment];
    here.items.forEach((inner, from) => {
      if (turned) now = open(here, from);
      turned = visit(inner, now);
      any ||= turned;
    });
    return any;
  };
  const alone = (owner, field, inner, around) => {
    const info = look(inner);
    if (info.id !== id("Block")) return visit(inner, open(list(owner, field, [inner], around), 0));
    found.shape.push(info.id);
    const here = list(inner, "children", info.children, around);
    return children(here, open(here, 0));
  };
  alone(0, "", body, -1);
  return found;
}
