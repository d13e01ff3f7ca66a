// What the linker wrote down about the page's module (`--emit-relocs`, see build.rs): which function speaks of which constant.
// https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md

const DATA = 1;
const SECTION = 3;
const UNDEFINED = 0x10;
const EXPLICIT_NAME = 0x40;
/** Relocations that are addresses of data, and all that have an addend. */
const ADDRESS = new Set([3, 4, 5]);
const ADDEND = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23]);

/** Reads numbers and names one after the other. */
class Reader {
  constructor(bytes, at = 0) {
    Object.assign(this, { bytes, at });
  }
  byte() {
    return this.bytes[this.at++];
  }
  number() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
  skip(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  text() {
    return new TextDecoder().decode(this.skip(this.number()));
  }
  list(read) {
    return Array.from({ length: this.number() }, (_, index) => read(index));
  }
}

/** The sections in order, with their name, or their number where they have none. */
function sections(bytes) {
  const found = [];
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const began = reader.at;
    const id = reader.byte();
    const length = reader.number();
    const at = reader.at;
    const name = id === 0 ? reader.text() : id;
    found.push({ name, began, at, body: reader.at, end: at + length });
    reader.at = at + length;
  }
  return found;
}

/** A part of a section that is made of parts. */
function part(bytes, { body, end }, wanted, head) {
  const reader = new Reader(bytes, body);
  if (head) reader.number();
  while (reader.at < end) {
    const id = reader.byte();
    const length = reader.number();
    if (id === wanted) return reader;
    reader.skip(length);
  }
  throw new Error("linked: the linker wrote no symbols");
}

function symbols(bytes, section) {
  const reader = part(bytes, section, 8, true);
  return reader.list(() => {
    const kind = reader.byte();
    const flags = reader.number();
    if (kind === DATA) {
      const name = reader.text();
      if (flags & UNDEFINED) return { kind, name };
      return { kind, name, segment: reader.number(), from: reader.number(), length: reader.number() };
    }
    const index = reader.number();
    if (kind !== SECTION && (!(flags & UNDEFINED) || flags & EXPLICIT_NAME)) reader.text();
    return { kind, index };
  });
}

/** `{ at, symbol }` of all relocations that are addresses of data. */
function addresses(bytes, { body }) {
  const reader = new Reader(bytes, body);
  reader.number();
  return reader
    .list(() => {
      const type = reader.byte();
      const found = { type, at: reader.number(), symbol: reader.number() };
      if (ADDEND.has(type)) reader.number();
      return found;
    })
    .filter(({ type }) => ADDRESS.has(type));
}

/** `{ name, end }` of all functions in order; `end` is counted from the beginning of the section. */
function functions(bytes, all) {
  const named = new Map();
  const names = part(bytes, all.get("name"), 1, false);
  names.list(() => named.set(names.number(), names.text()));
  const code = all.get(10);
  const bodies = new Reader(bytes, code.body);
  const ends = bodies.list(() => {
    bodies.skip(bodies.number());
    return bodies.at - code.at;
  });
  // Functions that are imported come first in the count.
  const before = Math.max(...named.keys()) + 1 - ends.length;
  return ends.map((end, index) => ({ name: named.get(before + index) ?? "", end }));
}

/** `{ from, length, offset }` of the segments: where in the section, how long, and where in memory. */
function segments(bytes, { at, body }) {
  const reader = new Reader(bytes, body);
  return reader.list(() => {
    if (reader.number() !== 0 || reader.byte() !== 0x41) throw new Error("linked: data of an unknown kind");
    const offset = reader.number();
    reader.byte();
    const length = reader.number();
    const from = reader.at - at;
    reader.skip(length);
    return { from, length, offset };
  });
}

/** Where in memory the constants are that nobody speaks of but what waits: `[from, to]`, in order. `stays(name, spoken)` says of each
 *  address that a function speaks of, in order, whether that stays; `spoken` are the addresses. */
export function constants(bytes, stays) {
  const all = new Map(sections(bytes).map((section) => [section.name, section]));
  const known = symbols(bytes, all.get("linking"));
  const parts = segments(bytes, all.get(11));
  const constant = ({ kind, segment }) => kind === DATA && segment === 0;
  const owners = functions(bytes, all).map(({ name, end }) => ({ name, end, spoken: [] }));
  const code = all.get(10).at;
  let owner = 0;
  for (const { at, symbol } of addresses(bytes, all.get("reloc.CODE"))) {
    while (owners[owner].end <= at) owner += 1;
    owners[owner].spoken.push({ symbol, address: new Reader(bytes, code + at).number() });
  }
  const staying = new Set();
  for (const { name, spoken } of owners) {
    const kept = stays(name, spoken.map(({ address }) => address));
    spoken.forEach(({ symbol }, at) => kept[at] && staying.add(symbol));
  }
  // What a constant that stays points to stays as well; what changes while the page runs always stays.
  const pointers = addresses(bytes, all.get("reloc.DATA")).map(({ at, symbol }) => {
    const segment = parts.findIndex(({ from, length }) => at >= from && at < from + length);
    return { segment, at: at - parts[segment].from, symbol };
  });
  const covered = (counts) => cover(known.filter((symbol, index) => constant(symbol) && counts(index)), parts[0].length);
  let kept;
  for (let before = -1; before !== staying.size; ) {
    before = staying.size;
    kept = covered((index) => staying.has(index));
    for (const { segment, at, symbol } of pointers) if (segment !== 0 || kept[at]) staying.add(symbol);
  }
  const named = covered(() => true);
  return ranges(parts[0].length, (at) => named[at] && !kept[at]).map((range) => range.map((at) => at + parts[0].offset));
}

function cover(list, length) {
  const bytes = new Uint8Array(length);
  for (const { from, length } of list) bytes.fill(1, from, from + length);
  return bytes;
}

function ranges(length, inside) {
  const found = [];
  for (let at = 0; at < length; at += 1) {
    if (!inside(at)) continue;
    const from = at;
    while (at < length && inside(at)) at += 1;
    found.push([from, at]);
  }
  return found;
}

/** The module without what the linker wrote, which describes it no longer. */
export function plain(bytes) {
  const kept = sections(bytes).filter(({ name }) => !/^(linking|reloc\..*)$/.test(name));
  return Buffer.concat([bytes.subarray(0, 8), ...kept.map(({ began, end }) => bytes.subarray(began, end))]);
}
