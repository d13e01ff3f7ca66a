// After Trunk: cuts the release page's module in two (scripts/split.mjs) and writes one file that starts the page.
// `script-src 'self'` allows no inline script, so Trunk's own start goes.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { bindings, script, swap, whole } from "./bindings.mjs";
import { plain } from "./linked.mjs";
import { bits, features, mark, split } from "./split.mjs";

const dist = process.env.TRUNK_STAGING_DIR ?? "dist";
const target = process.env.CARGO_TARGET_DIR ?? "target";
const run = promisify(execFile);
const digest = (bytes, how) => createHash(how).update(bytes).digest();
const short = (bytes) => digest(bytes, "sha256").toString("hex").slice(0, 16);

const page = join(dist, "index.html");
let html = await readFile(page, "utf8");
const inline = /<script type="module"[^>]*>[\s\S]+?<\/script>/;
const [stem] = html.match(/daemonset-playground-[0-9a-f]+(?=_bg\.wasm)/) ?? [];
if (!stem || !inline.test(html)) {
  throw new Error("start-file: index.html names no module, or has no start to replace");
}
const bytes = await readFile(join(dist, `${stem}_bg.wasm`));
const glue = await readFile(join(dist, `${stem}.js`), "utf8");

const halves = process.env.TRUNK_PROFILE === "release" ? await cut(plain(bytes)) : { first: bytes };
const first = `page-${short(halves.first)}.wasm`;
await writeFile(join(dist, first), halves.first);
const later = halves.later ? `later-${short(halves.later)}.wasm` : "";
if (later) await writeFile(join(dist, later), halves.later);
await rm(join(dist, `${stem}_bg.wasm`));
await rm(join(dist, `${stem}.js`));

const start = await starting();
const name = `start-${short(start)}.js`;
await writeFile(join(dist, name), start);
html = html
  .replace(inline, `<script type="module" src="./${name}"></script>`)
  .replace(/<link rel="modulepreload"[^>]*>/, "")
  .replace(/<link rel="preload"[^>]*_bg\.wasm"[^>]*>/, preload());
if (/<script(?![^>]*\ssrc=)[^>]*>|<style|\son[a-z]+=|\sstyle=/.test(html)) {
  throw new Error("start-file: index.html still has an inline script or style");
}
if (html.includes(stem)) throw new Error("start-file: index.html still names a file that is gone");
await writeFile(page, html);

/** Cut first, made small then: what wasm-opt puts into one function could not be cut any more. */
async function cut(module) {
  // What `make later` starts from.
  await mkdir(whole, { recursive: true });
  await writeFile(join(whole, "page.wasm"), module);
  await writeFile(join(whole, "page.js"), glue);
  const [wait, partly] = (await readFile("scripts/later.txt", "utf8")).split("\n\n").map((half) => half.match(/\S+/g));
  const waiting = new Set(wait);
  const waits = (name) => waiting.has(mark(name));
  const parts = new Map(partly?.map((entry) => [entry.slice(0, 6), bits.read(entry.slice(6))]));
  const linked = await readFile(join(target, "wasm32-unknown-unknown/page/daemonset-playground.wasm"));
  const { first, later, names, gates, made } = split(module, waits, parts, linked);
  const again = ["--flatten", "--rereloop", "-Oz", "-Oz"];
  const [small, rest] = await Promise.all([optimized("first", first, again), optimized("later", later)]);
  console.log(`start-file: a first half of ${small.length} bytes, ${gates} gates (${made} to parts of functions) to a second of ${rest.length}`);
  return { first: small, later: rest, names };
}

async function optimized(name, bytes, again = []) {
  const [from, to] = [join(whole, `${name}.wasm`), join(whole, `${name}-small.wasm`)];
  const enabled = Object.keys(features).map((feature) => `--enable-${feature}`);
  await writeFile(from, bytes);
  // The stack lies lowest and grows down: nothing is kept in the first kilobyte.
  const small = ["-Oz", ...again, "--low-memory-unused", "--one-caller-inline-max-function-size=0"];
  await run("wasm-opt", [from, ...small, ...enabled, "--strip-debug", "--strip-producers", "-o", to]);
  return readFile(to);
}

function preload() {
  const sum = digest(halves.first, "sha384").toString("base64");
  return `<link rel="preload" href="./${first}" crossorigin="anonymous" integrity="sha384-${sum}" as="fetch" type="application/wasm">`;
}

/** The bindings, told of the second half, and the start, as one module. */
function starting() {
  let told = bindings(glue, later && "later", halves.names);
  if (later) told = swap(told, /wasm = instance\.exports/, "wasm = attach(instance.exports)");
  const contents = `
    import { attach, later, ready } from "./later.js";
    ${told}
    await ready;
    await __wbg_init({ module_or_path: "./${first}" });`;
  const define = { LATER: JSON.stringify(later && `./${later}`) };
  return script(contents, { define, bundle: true, minify: true, logLevel: "error" });
}
