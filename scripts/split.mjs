// Cuts the page's module in two: what the first view runs, and what waits until it is called for.
//
// A function that waits is replaced by a few instructions that have the second module loaded when it is not there yet and
// then call the function through a table, which the second module fills when it is made. Both share memory, tables and
// globals, so that a function may be in either. Which functions wait is said by scripts/later.txt (`make later` writes it
// anew); a function that it does not know stays.
import binaryen from "binaryen";
import { createHash } from "node:crypto";

const { i32, none, Features } = binaryen;
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

/** What stands for a function in the list of those that wait; functions of one name wait together. What a name says of the
 *  build (which compilation of a crate, how far back a repetition is) is left out. */
export function mark(name) {
  const plain = name.replace(/Cs[0-9A-Za-z]+_|\.llvm\.\d+|_\d+$/g, "").replace(/B[0-9A-Za-z]*_/g, "");
  return createHash("sha256").update(plain).digest("base64url").slice(0, 5);
}

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

function emit(module) {
  if (!module.validate()) throw new Error("split: a part is not valid");
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

/** The module with a call of `profile.mark(index)` at the beginning of each function; and their names. */
export function marked(bytes) {
  const module = read(bytes);
  const found = written(module);
  module.addFunctionImport("mark", "profile", "mark", i32, none);
  found.forEach(({ name, body, results }, index) => {
    const call = module.call("mark", [module.i32.const(index)], none);
    binaryen.Function.setBody(module.getFunction(name), module.block(null, [call, body], results));
  });
  return { bytes: emit(module), names: found.map(({ name }) => name) };
}

/** Both halves. `waits(name)` says where a function goes, `constants` which parts of memory only functions that wait read. */
export function split(bytes, waits, constants) {
  const module = read(bytes);
  const all = written(module).map(({ name }) => name);
  module.dispose();
  const { stay, entries } = called(bytes, new Set(all.filter(waits)));
  const names = new Set(all.filter((name) => !stay.has(name)));
  const second = later(bytes, names, entries, constants);
  return { first: first(bytes, names, entries, constants, second.needs), later: second.bytes, gates: entries.length };
}

/** Functions that wait become imports. */
function without(module, names) {
  for (const { name, params, results } of written(module)) {
    if (!names.has(name)) continue;
    module.removeFunction(name);
    module.addFunctionImport(name, "waits", name, params, results);
  }
}

/** What is reached without those that wait, and those of them that are called from there or listed in a table. */
function called(bytes, names) {
  const module = read(bytes);
  without(module, names);
  module.runPasses(["remove-unused-module-elements"]);
  const stay = new Set(written(module).map(({ name }) => name));
  const entries = imported(module, "waits").map(({ name }) => name);
  module.dispose();
  return { stay, entries };
}

/** The first half: a function that waits and is called from here becomes a gate; what the second half needs is exported. */
function first(bytes, names, entries, constants, needs) {
  const module = read(bytes);
  without(module, names);
  module.addTable("later", entries.length, entries.length);
  module.addGlobal("there", i32, true, module.i32.const(0));
  module.addFunctionImport("load", "later", "load", none, none);
  const absent = module.i32.eqz(module.global.get("there", i32));
  module.addFunction("ensure", none, none, [], module.if(absent, module.call("load", [], none)));
  entries.forEach((name, index) => {
    const { params, results } = binaryen.getFunctionInfo(module.getFunction(name));
    module.removeFunction(name);
    module.addFunction(name, params, results, [], gate(module, index, params, results));
  });
  const { initial } = module.getMemoryInfo("0");
  module.setMemory(initial, most, null, left(module, constants), false, false, "0");
  for (const { kind, name, as } of shared(module)) {
    if (kind === "table") module.addTableExport(name, as);
    if (kind === "global") module.addGlobalExport(name, as);
    if (kind === "memory") module.addMemoryExport(name, as);
  }
  for (const [name, as] of needs) module.addFunctionExport(name, as);
  module.runPasses(["remove-unused-module-elements"]);
  return emit(module);
}

/** Sees that the second half is there, then calls what the table has. */
function gate(module, index, params, results) {
  const given = binaryen.expandType(params).map((type, at) => module.local.get(at, type));
  const call = module.call_indirect("later", module.i32.const(index), given, params, results);
  return module.block(null, [module.call("ensure", [], none), call], results);
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
  for (const { name } of count(module.getNumElementSegments(), (at) =>
    binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(at)),
  )) {
    module.removeElementSegment(name);
  }
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
  return { bytes: emit(module), needs };
}
