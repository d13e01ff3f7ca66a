// Cuts the page's module in two: what the first view runs, and what waits until it is called for.
//
// A function that waits is replaced by a few instructions that have the second module loaded when it is not there yet and
// then call the function through a table, which the second module fills when it is made. Both share memory, tables and
// globals, so that a function may be in either. Which functions wait is said by scripts/later.txt (`make later` writes it
// anew); a function that it does not know stays.
import binaryen from "binaryen";
import { createHash } from "node:crypto";
import { constants } from "./linked.mjs";
import { outline } from "./outline.mjs";
import { each, id, look, survey } from "./regions.mjs";

const { i32, none, funcref, Features } = binaryen;
/** What the compiler uses of WebAssembly. */
export const features = {
  "mutable-globals": Features.MutableGlobals,
  "sign-ext": Features.SignExt,
  "nontrapping-float-to-int": Features.NontrappingFPToInt,
  "bulk-memory": Features.BulkMemory,
  "bulk-memory-opt": Features.BulkMemoryOpt,
  "reference-types": Features.ReferenceTypes,
  multivalue: Features.Multivalue,
};
const count = (number, at) => Array.from({ length: number }, (_, index) => at(index));

const short = (text, length) => createHash("sha256").update(text).digest("base64url").slice(0, length);

/** Where the name of the crate begins that a generic function was made for, at the end of a function's name; which crate makes it may differ
 *  from build to build. */
function maker(name) {
  const crates = [...name.matchAll(/(?=C(?:s[0-9A-Za-z]*_)?(\d+)(\w+)$)/g)];
  return crates.find(([, length, crate]) => crate.length === Number(length))?.index;
}

/** A name without what it says of the build: which compilation of a crate, how far back a repetition is, for which crate it was made. */
function lasting(name) {
  const plain = name.replace(/\.llvm\.\d+$|_\d+$/, "");
  return plain.slice(0, maker(plain)).replace(/Cs[0-9A-Za-z]+_|B[0-9A-Za-z]*_/g, "");
}

/** What stands for a function in the list of those that wait; functions of one name wait together. */
export const mark = (name) => short(lasting(name), 5);

/** What stands for a function in the list of those that run in part: nothing of it may have changed but names and numbers. */
const shaped = (name, { shape }) => short(`${lasting(name)} ${shape.join(" ")}`, 6);

/** Pages that a memory can have: all. */
const most = 65536;

/** What memory has at first. */
const data = (module) =>
  count(module.getNumDataSegments(), (at) => {
    const { offset, data } = module.getDataSegmentInfo(module.getDataSegmentByIndex(at));
    return { from: offset, bytes: new Uint8Array(data) };
  });

/** The same with nothing where constants are that wait: what is zero takes no room in the file. */
const left = (module, constants) =>
  data(module).map(({ from, bytes }) => {
    for (const [begin, end] of constants) bytes.fill(0, Math.max(0, begin - from), Math.max(0, end - from));
    return { offset: module.i32.const(from), data: bytes };
  });

/** The constants that wait. */
const moved = (module, constants) => {
  const all = data(module);
  return constants.map(([begin, end]) => {
    const { from, bytes } = all.find(({ from, bytes }) => begin >= from && end <= from + bytes.length);
    return { offset: module.i32.const(begin), data: bytes.slice(begin - from, end - from) };
  });
};

function read(bytes) {
  const module = binaryen.readBinary(bytes);
  module.setFeatures(Object.values(features).reduce((all, one) => all | one, 0));
  return module;
}

const functions = (module) =>
  count(module.getNumFunctions(), (index) => binaryen.getFunctionInfo(module.getFunctionByIndex(index)));

const written = (module) => functions(module).filter(({ base }) => !base);

const imported = (module, from) => functions(module).filter((found) => found.module === from && found.base);

function emit(module, names = false) {
  if (!module.validate()) throw new Error("split: a part is not valid");
  binaryen.setDebugInfo(names);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

/** The module with a call of `profile.mark(index)` at the beginning of each segment of each function; and the functions, by name, by what
 *  stands for them when they run in part, and from which index on how many segments they have. */
export function marked(bytes) {
  const module = read(bytes);
  module.addFunctionImport("mark", "profile", "mark", i32, none);
  let total = 0;
  const found = written(module).map(({ name, body }) => {
    const seen = survey(body);
    const call = (segment) => module.call("mark", [module.i32.const(total + segment)], none);
    // From the last on: what comes before keeps its place.
    for (const [segment, place] of [...seen.segments.entries()].reverse()) put(module, name, place, call(segment));
    const from = total;
    total += seen.segments.length;
    return { name, key: shaped(name, seen), from, length: seen.segments.length };
  });
  return { bytes: emit(module), functions: found, total };
}

function put(module, name, { list: { owner, field, items }, from }, call) {
  if (field === "children") return binaryen.Block.insertChildAt(owner, from, call);
  const both = module.block(null, [call, items[0]], binaryen.getExpressionType(items[0]));
  if (field === "ifTrue") binaryen.If.setIfTrue(owner, both);
  else if (field === "ifFalse") binaryen.If.setIfFalse(owner, both);
  else if (field === "body") binaryen.Loop.setBody(owner, both);
  else binaryen.Function.setBody(module.getFunction(name), both);
}

/** Which segments run, as text and back. */
export const bits = {
  write: (ran) => {
    const bytes = new Uint8Array(Math.ceil(ran.length / 8));
    ran.forEach((one, segment) => (bytes[segment >> 3] |= one << (segment & 7)));
    return Buffer.from(bytes).toString("base64url");
  },
  read: (text) => {
    const bytes = Buffer.from(text, "base64url");
    return (segment) => ((bytes[segment >> 3] >> (segment & 7)) & 1) === 1;
  },
};

/** The module with functions made of the parts that no first view runs, the names of these, and for each function that they were taken from
 *  whether the numbers stay that it speaks of. `parts` has for each function that runs in part which segments do. */
function outlined(bytes, waits, parts) {
  const module = read(bytes);
  const made = [];
  const spoken = new Map();
  for (const { name, body } of written(module)) {
    if (waits(name)) continue;
    const seen = survey(body);
    const ran = parts.get(shaped(name, seen));
    if (!ran) continue;
    const before = numbers(body);
    made.push(...outline(module, name, seen, (segment) => !ran(segment)));
    const left = new Set(numbers(binaryen.Function.getBody(module.getFunction(name))).map(({ item }) => item));
    spoken.set(name, before.map(({ item, value }) => ({ value, stays: left.has(item) })));
  }
  const names = shortened(module);
  const all = written(module).map(({ name }) => name);
  return { bytes: emit(module, true), all, made: new Set(made), spoken, names };
}

/** Gives short names to what the bindings hand in and call: they are told by `imports` and `exports`, from the old name to the new. */
function shortened(module) {
  const names = { imports: new Map(), exports: new Map() };
  for (const { name, base, params, results } of functions(module).filter(({ base }) => base)) {
    names.imports.set(base, names.imports.size.toString(36));
    module.removeFunction(name);
    module.addFunctionImport(name, "b", names.imports.get(base), params, results);
  }
  const all = count(module.getNumExports(), (at) => binaryen.getExportInfo(module.getExportByIndex(at)));
  for (const { kind, name, value } of all) {
    if (kind !== binaryen.ExternalFunction) continue;
    names.exports.set(name, `$${names.exports.size.toString(36)}`);
    module.removeExport(name);
    module.addFunctionExport(value, names.exports.get(name));
  }
  return names;
}

/** What may be an address in a function, in the order in which it is written down. */
function numbers(body) {
  const found = [];
  each([body], (info, item) => {
    if (info.id === id("Const") && info.type === i32) found.push({ item, value: info.value >>> 0 });
    if (info.id === id("Load") || info.id === id("Store")) found.push({ item, value: info.offset });
  });
  return found;
}

/** Whether what functions speak of stays, for `constants`. */
function staying(waits, spoken) {
  return (name, addresses) => {
    if (waits(name)) return addresses.map(() => false);
    const all = spoken.get(name);
    let from = 0;
    return addresses.map((address) => {
      const at = all?.findIndex(({ value }, at) => at >= from && value === address) ?? -1;
      if (at < 0) return true;
      from = at + 1;
      return all[at].stays;
    });
  };
}

/** Both halves, and the names that the bindings must use. `waits(name)` says where a function goes, `parts` which run in part,
 *  `linked` is what the linker wrote. */
export function split(whole, waits, parts, linked) {
  const { bytes, all, made, spoken, names: told } = outlined(whole, waits, parts);
  const waiting = constants(linked, staying(waits, spoken));
  const { stay, entries } = called(bytes, new Set(all.filter((name) => waits(name) || made.has(name))));
  const names = new Set(all.filter((name) => !stay.has(name)));
  const second = later(bytes, names, entries, waiting);
  const sizes = { gates: entries.length, made: made.size };
  return { first: first(bytes, names, entries, waiting, second.needs), later: second.bytes, names: told, ...sizes };
}

/** Functions that wait become imports; the table has nothing in their places. */
function without(module, names) {
  listing(module, (name) => !names.has(name));
  for (const { name, params, results } of written(module)) {
    if (!names.has(name)) continue;
    module.removeFunction(name);
    module.addFunctionImport(name, "waits", name, params, results);
  }
}

/** Leaves in the table what `keeps` says of functions by name, each in its place. */
function listing(module, keeps) {
  const all = count(module.getNumElementSegments(), (at) =>
    binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(at)),
  );
  for (const { name, table, offset, data } of all) {
    const begin = look(offset).value;
    module.removeElementSegment(name);
    for (let at = 0; at < data.length; at += 1) {
      const from = at;
      while (at < data.length && keeps(data[at])) at += 1;
      const offset = module.i32.const(begin + from);
      if (at > from) module.addActiveElementSegment(table, `${name}:${from}`, data.slice(from, at), offset);
    }
  }
}

/** What is reached without those that wait, and those of them that are called from there. */
function called(bytes, names) {
  const module = read(bytes);
  without(module, names);
  module.runPasses(["remove-unused-module-elements"]);
  const stay = new Set(written(module).map(({ name }) => name));
  const entries = imported(module, "waits").map(({ name }) => name);
  module.dispose();
  return { stay, entries };
}

/** The first half: a function that waits and is called from here becomes a gate; what the second half needs is in a table that is exported. */
function first(bytes, names, entries, constants, needs) {
  const module = read(bytes);
  without(module, names);
  module.addTable("later", entries.length, entries.length);
  module.addGlobal("there", i32, true, module.i32.const(0));
  module.addFunctionImport("load", "later", "load", none, none);
  const absent = module.i32.eqz(module.global.get("there", i32));
  module.addFunction("ensure", none, none, [], module.if(absent, module.call("load", [], none)));
  reach(module);
  gates(module, entries);
  const { initial } = module.getMemoryInfo("0");
  module.setMemory(initial, most, null, left(module, constants), false, false, "0");
  for (const { kind, name, as } of shared(module)) {
    if (kind === "table") module.addTableExport(name, as);
    if (kind === "global") module.addGlobalExport(name, as);
    if (kind === "memory") module.addMemoryExport(name, as);
  }
  // Places in a table take less room than names.
  module.addTable("needs", needs.length, needs.length);
  module.addActiveElementSegment("needs", "needs", needs.map(([name]) => name), module.i32.const(0));
  module.addTableExport("needs", "both:needs");
  module.runPasses(["remove-unused-module-elements"]);
  return emit(module, true);
}

/** Who calls by a place in the table sees that the second half is there when the place is empty. */
function reach(module) {
  const { name: table } = binaryen.getTableInfo(module.getTableByIndex(0));
  const bodies = written(module).map(({ body }) => body);
  const place = () => module.local.get(0, i32);
  const empty = module.ref.is_null(module.table.get(table, place(), funcref));
  module.addFunction("reach", i32, i32, [], module.block(null, [module.if(empty, module.call("ensure", [], none)), place()], i32));
  each(bodies, (info, item) => {
    if (info.id !== id("CallIndirect")) return;
    binaryen.CallIndirect.setTarget(item, module.call("reach", [info.target], i32));
  });
}

/** For functions of one kind there is one gate, which is told which of them is meant: by who calls, or by a function that stands for
 *  the one that waits, where many call it or the page does. */
function gates(module, entries) {
  const places = new Map(entries.map((name, index) => [name, index]));
  const calls = new Map(entries.map((name) => [name, []]));
  const bodies = written(module).map(({ body }) => body);
  each(bodies, (info, item) => info.id === id("Call") && calls.get(info.target)?.push(item));
  const told = new Set(count(module.getNumExports(), (at) => binaryen.getExportInfo(module.getExportByIndex(at)).value));
  for (const [name, index] of places) {
    const { params, results } = binaryen.getFunctionInfo(module.getFunction(name));
    const types = binaryen.expandType(params);
    const through = gate(module, params, results);
    module.removeFunction(name);
    // What a number costs at each call, against what a function costs.
    if (!told.has(name) && calls.get(name).length * 3 < 11 + types.length * 2) {
      for (const call of calls.get(name)) {
        binaryen.Call.setTarget(call, through);
        binaryen.Call.appendOperand(call, module.i32.const(index));
      }
      continue;
    }
    const given = types.map((type, at) => module.local.get(at, type));
    module.addFunction(name, params, results, [], module.call(through, [...given, module.i32.const(index)], results));
  }
}

/** Sees that the second half is there, then calls what the table has. */
function gate(module, params, results) {
  const name = `gate:${params}:${results}`;
  if (module.getFunction(name)) return name;
  const types = binaryen.expandType(params);
  const given = types.map((type, at) => module.local.get(at, type));
  const call = module.call_indirect("later", module.local.get(types.length, i32), given, params, results);
  const body = module.block(null, [module.call("ensure", [], none), call], results);
  module.addFunction(name, binaryen.createType([...types, i32]), results, [], body);
  return name;
}

/** Memory, tables and globals by name, which both halves use. */
function shared(module) {
  const tables = count(module.getNumTables(), (at) => binaryen.getTableInfo(module.getTableByIndex(at)));
  const globals = count(module.getNumGlobals(), (at) => binaryen.getGlobalInfo(module.getGlobalByIndex(at)));
  return [
    { kind: "memory", name: "0", as: "both:memory" },
    ...tables.map(({ name }) => ({ kind: "table", name, as: `both:table:${name}` })),
    ...globals.map(({ name, type, mutable }) => ({ kind: "global", name, as: `both:${name}`, type, mutable })),
  ];
}

/** The second half, and what it needs of the first by name. */
function later(bytes, names, entries, constants) {
  const module = read(bytes);
  for (const { name } of count(module.getNumExports(), (at) =>
    binaryen.getExportInfo(module.getExportByIndex(at)),
  )) {
    module.removeExport(name);
  }
  listing(module, (name) => names.has(name));
  for (const found of functions(module)) {
    if (names.has(found.name)) continue;
    module.removeFunction(found.name);
    module.addFunctionImport(found.name, "first", found.name, found.params, found.results);
  }
  module.addTable("later", entries.length, entries.length);
  module.setMemory(0, most, null, moved(module, constants), false, false, "0");
  for (const { kind, name, as, type, mutable } of shared(module)) {
    if (kind === "table") module.addTableImport(name, "first", as);
    if (kind === "global") module.addGlobalImport(name, "first", as, type, mutable);
    if (kind === "memory") module.addMemoryImport(name, "first", as);
  }
  module.addActiveElementSegment("later", "later", entries, module.i32.const(0));
  module.runPasses(["remove-unused-module-elements"]);
  const needs = imported(module, "first").map(({ name }, index) => [name, index.toString(36)]);
  const info = new Map(functions(module).map((found) => [found.name, found]));
  for (const [name, as] of needs) {
    const { params, results } = info.get(name);
    module.removeFunction(name);
    module.addFunctionImport(name, "first", as, params, results);
  }
  return { bytes: emit(module, true), needs };
}
