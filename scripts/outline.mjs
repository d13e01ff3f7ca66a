// Makes functions of the parts of a function that do not run (scripts/regions.mjs).
//
// Such a part is given the locals that it reads, and hands back what it wrote as its result and in globals that serve for nothing else. Where it
// goes on is a number: 0 for what follows it, or the place in a list of labels outside of it that it jumps to.
import binaryen from "binaryen";
import { each, id, inside, known, look } from "./regions.mjs";

const { none, unreachable, i32 } = binaryen;
const RETURN = "outline:return";
const END = "outline:end";
/** The most locals that a part is given or hands back, and the most places it may go on at. */
const most = { given: 24, back: 24, exits: 8 };

/** What a part must have for each expression that it costs. */
const worth = 0.6;

/** Cuts parts of one function out. `cold(segment)` says what does not run; the names of the new functions come back. */
export function outline(module, name, found, cold, least = worth) {
  module.runPassesOnFunction(name, ["ssa-nomerge"]);
  const handle = module.getFunction(name);
  const { params, results, vars } = binaryen.getFunctionInfo(handle);
  const types = [...binaryen.expandType(params), ...vars];
  const mentions = counted([binaryen.Function.getBody(handle)]);
  const labels = labelled(binaryen.Function.getBody(handle));
  const made = [];
  for (const list of found.lists) {
    if (list.around >= 0 && cold(list.around)) continue;
    for (const [from, to] of runs(list, cold).reverse()) {
      const items = list.items.slice(from, to);
      const part = studied(items, { types, mentions, labels, results, least });
      if (!part) continue;
      const as = `${name}/${made.length}`;
      made.push(as);
      replace(module, list, from, to, stub(module, as, part));
      build(module, as, items, part);
    }
  }
  return made;
}

/** From where to where nothing of a list runs. */
function runs(list, cold) {
  const found = [];
  list.parts.forEach(({ from, segment }, at) => {
    if (!cold(segment)) return;
    const to = list.parts[at + 1]?.from ?? list.items.length;
    if (found.length > 0 && found.at(-1)[1] === from) found.at(-1)[1] = to;
    else found.push([from, to]);
  });
  // The value of a block stays where it is.
  const whole = (to) => [none, unreachable].includes(binaryen.getExpressionType(list.items[to - 1]));
  return found.map(([from, to]) => [from, whole(to) ? to : to - 1]).filter(([from, to]) => to > from);
}

/** How often each local is spoken of. */
function counted(items) {
  const found = new Map();
  each(items, (info) => {
    if (info.id === id("LocalGet") || info.id === id("LocalSet")) found.set(info.index, (found.get(info.index) ?? 0) + 1);
  });
  return found;
}

/** The labels that a jump needs no value for: all but those of blocks that have one. */
function labelled(body) {
  const found = new Set();
  each([body], (info) => {
    const plain = info.id === id("Loop") || info.type === none || info.type === unreachable;
    if ((info.id === id("Block") || info.id === id("Loop")) && info.name && plain) found.add(info.name);
  });
  return found;
}

/** What a part is given, hands back and where it goes on; nothing when it is not worth it or cannot be. */
function studied(items, { types, mentions, labels, results, least }) {
  const [own, targets, written] = [new Set(), new Map(), new Set()];
  let [size, odd] = [0, false];
  each(items, (info) => {
    size += 1;
    if (!known(info)) odd = true;
    if (info.id === id("Block") || info.id === id("Loop")) own.add(info.name);
    if (info.id === id("LocalSet")) written.add(info.index);
    if (info.id === id("Break")) targets.set(info.name, targets.get(info.name) || info.value);
    if (info.id === id("Switch")) for (const label of [...info.names, info.defaultName]) targets.set(label, targets.get(label) || info.value);
    if (info.id === id("Return")) targets.set(RETURN, 0);
  });
  const exits = new Set([...targets.keys()].filter((label) => !own.has(label)));
  for (const label of exits) if (targets.get(label) || !(label === RETURN || labels.has(label))) odd = true;
  const returns = exits.has(RETURN);
  if (odd || (returns && !returnable(items)) || (returns && results !== none && binaryen.expandType(results).length > 1)) return;
  const here = counted(items);
  const { read, sure } = flow(items, exits);
  const falls = binaryen.getExpressionType(items.at(-1)) !== unreachable;
  const outside = (local) => mentions.get(local) > here.get(local) || read.has(local);
  const back = falls || exits.size > 0 ? [...written].filter(outside).sort((a, b) => a - b) : [];
  // What is handed back though it may not have been written must be what it was before.
  const given = [...new Set([...read, ...back.filter((local) => !sure.has(local))])].sort((a, b) => a - b);
  const cost = 5 + given.length * 1.5 + back.length * 4 + (exits.size + (falls ? 1 : 0) > 1 ? 5 * exits.size : 0);
  if (size < cost * least || given.length > most.given || back.length > most.back || exits.size > most.exits) return;
  return { given, back, falls, exits: [...exits], types, results, here: [...here.keys()] };
}

/** Whether each return stands where a jump could. */
function returnable(items) {
  let fits = true;
  each(items, (info) => {
    for (const [field, inner] of inside(info)) {
      const place = ["children", "ifTrue", "ifFalse", "body"].includes(field) && info.id !== id("Select");
      if (!place && look(inner).id === id("Return")) fits = false;
    }
  });
  return fits;
}

/** The locals that may be read before they are written, and those that are surely written wherever this goes on. */
function flow(items, exits) {
  const read = new Set();
  const jumps = new Map();
  const meet = (label, written) => {
    const before = jumps.get(label);
    jumps.set(label, before ? new Set([...before].filter((local) => written.has(local))) : new Set(written));
  };
  // Each takes what is surely written before and gives what is after, or nothing when it does not go on.
  const all = (list, written) => list.reduce((now, item) => one(item, now), written);
  const both = (one, other) => (one && other ? new Set([...one].filter((local) => other.has(local))) : (one ?? other));
  const one = (item, before) => {
    const info = look(item);
    const written = before ?? new Set();
    if (info.id === id("Block")) {
      const end = all(info.children, written);
      const jumped = jumps.get(info.name);
      jumps.delete(info.name);
      return info.name ? both(end, jumped) : end;
    }
    if (info.id === id("If")) {
      const start = one(info.condition, written);
      const [yes, no] = [one(info.ifTrue, start), info.ifFalse ? one(info.ifFalse, start) : start];
      return both(yes, no);
    }
    const after = all(inside(info).map(([, inner]) => inner), written);
    if (info.id === id("LocalGet") && before && !written.has(info.index)) read.add(info.index);
    if (info.id === id("LocalSet")) return after && new Set([...after, info.index]);
    if (info.id === id("Break")) {
      if (after) meet(info.name, after);
      return info.condition ? after : undefined;
    }
    if (info.id === id("Switch")) {
      if (after) for (const label of [...info.names, info.defaultName]) meet(label, after);
      return undefined;
    }
    if (info.id === id("Return") && after) meet(RETURN, after);
    return info.id === id("Return") || info.id === id("Unreachable") ? undefined : after;
  };
  const ends = [all(items, new Set()), ...[...exits].map((label) => jumps.get(label))];
  return { read, sure: ends.reduce(both) ?? new Set() };
}

/** A global that hands something back; it is made when it is first needed. */
function slot(module, type, at) {
  const name = `outline:${type}:${at}`;
  if (!module.getGlobal(name)) module.addGlobal(name, type, true, zero(module, type));
  return name;
}
const kinds = new Map([[binaryen.i32, "i32"], [binaryen.i64, "i64"], [binaryen.f32, "f32"], [binaryen.f64, "f64"]]);
const zero = (module, type) => (type === binaryen.i64 ? module.i64.const(0n) : module[kinds.get(type)].const(0));
const get = (module, index, type) => module.local.get(index, type);

/** Whether a part says where it goes on. */
const told = ({ exits, falls }) => exits.length + (falls ? 1 : 0) > 1;

/** Who hands back what: the result of the call, or a global for each. */
function ways(module, { back, types, falls, exits, results }) {
  const used = new Map();
  const take = (type) => {
    used.set(type, (used.get(type) ?? 0) + 1);
    return slot(module, type, used.get(type));
  };
  const choice = told({ falls, exits });
  const result = choice ? i32 : back.length > 0 ? types[back[0]] : none;
  const slots = back.slice(choice ? 0 : 1).map((local) => ({ local, name: take(types[local]) }));
  const value = exits.includes(RETURN) && results !== none ? take(results) : "";
  const later = choice && (slots.length > 0 || exits.length > 1 || value);
  return { choice, result, slots, value, goes: later ? take(i32) : "" };
}

/** What stands where the part stood. */
function stub(module, as, part) {
  const { given, back, types, falls, exits, results } = part;
  const { choice, result, slots, value, goes } = ways(module, part);
  const call = module.call(as, given.map((local) => get(module, local, types[local])), result);
  const list = [];
  let where = () => call;
  if (goes) {
    list.push(module.global.set(goes, call));
    where = () => module.global.get(goes, i32);
  } else if (!choice) list.push(result === none ? call : module.local.set(back[0], call));
  for (const { local, name } of slots) list.push(module.local.set(local, module.global.get(name, types[local])));
  const leave = (label) => {
    if (label !== RETURN) return module.break(label);
    return results === none ? module.return() : module.return(module.global.get(value, results));
  };
  exits.forEach((label, at) => {
    const last = !falls && at === exits.length - 1;
    if (last) return list.push(leave(label));
    const chosen = exits.length === 1 ? where() : module.i32.eq(where(), module.i32.const(at + 1));
    list.push(label === RETURN ? module.if(chosen, leave(label)) : module.break(label, chosen));
  });
  if (!falls && exits.length === 0) list.push(module.unreachable());
  return list;
}

function replace(module, { owner, field, items }, from, to, list) {
  if (field === "children") {
    for (let at = to - 1; at >= from; at -= 1) binaryen.Block.removeChildAt(owner, at);
    list.forEach((item, at) => binaryen.Block.insertChildAt(owner, from + at, item));
    return;
  }
  const falls = binaryen.getExpressionType(items[0]) !== unreachable;
  const block = module.block(null, list, falls ? none : undefined);
  if (field === "ifTrue") binaryen.If.setIfTrue(owner, block);
  else if (field === "ifFalse") binaryen.If.setIfFalse(owner, block);
  else binaryen.Loop.setBody(owner, block);
}

/** The function that a part becomes. */
function build(module, as, items, part) {
  const { given, back, types, falls, exits, here, results } = part;
  const { choice, result, slots, value } = ways(module, part);
  const locals = [...given, ...here.filter((local) => !given.includes(local))];
  const place = new Map(locals.map((local, at) => [local, at]));
  for (const item of items) moved(item, place);
  const way = locals.length;
  const go = (at) => module.local.set(way, module.i32.const(at));
  let inner = items.map((item) => unreturned(module, item, value));
  if (falls && exits.length > 0) inner = [...inner, module.break(END)];
  for (const [at, label] of [...exits.entries()].reverse()) {
    inner = [module.block(label, inner, none), ...(choice ? [go(at + 1)] : [])];
    if (at > 0) inner.push(module.break(END));
  }
  const end = exits.length > 0 ? [module.block(END, inner, none)] : inner;
  for (const { local, name } of slots) end.push(module.global.set(name, get(module, place.get(local), types[local])));
  if (choice) end.push(get(module, way, i32));
  else if (result !== none) end.push(get(module, place.get(back[0]), types[back[0]]));
  if (exits.length === 0 && !falls) end.push(module.unreachable());
  const extra = locals.slice(given.length).map((local) => types[local]);
  module.addFunction(as, binaryen.createType(given.map((local) => types[local])), result, [...extra, i32], module.block(null, end, result));
}

/** Gives the locals of an expression their new places. */
function moved(item, place) {
  const info = look(item);
  if (info.id === id("LocalGet")) binaryen.LocalGet.setIndex(item, place.get(info.index));
  if (info.id === id("LocalSet")) binaryen.LocalSet.setIndex(item, place.get(info.index));
  for (const [, inner] of inside(info)) moved(inner, place);
}

/** Makes a jump of each return. */
function unreturned(module, item, value) {
  const info = look(item);
  if (info.id === id("Return")) {
    const leave = module.break(RETURN);
    return value ? module.block(null, [module.global.set(value, info.value), leave]) : leave;
  }
  const swapped = (inner) => unreturned(module, inner, value);
  if (info.id === id("Block")) info.children.forEach((inner, at) => binaryen.Block.setChildAt(item, at, swapped(inner)));
  else if (info.id === id("If")) {
    binaryen.If.setIfTrue(item, swapped(info.ifTrue));
    if (info.ifFalse) binaryen.If.setIfFalse(item, swapped(info.ifFalse));
  } else if (info.id === id("Loop")) binaryen.Loop.setBody(item, swapped(info.body));
  else for (const [, inner] of inside(info)) unreturned(module, inner, value);
  return item;
}
