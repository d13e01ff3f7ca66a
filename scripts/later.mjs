// make later: opens the release page as visitors do, notes what runs, and writes to scripts/later.txt which functions do not, and of those that
// run in part which segments do.
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { start } from "../tests/journey/page.mjs";
import { bindings, script, whole } from "./bindings.mjs";
import { bits, mark, marked } from "./split.mjs";

/** Where a page is made that notes what it runs. */
const noting = "target/page-assets/noting";

/** How the page is opened, and for how many seconds nobody touches it: after 15 the second half is there (src/app/later.js). */
const visits = [
  { options: {}, seconds: 14 },
  { options: { slow: 6 }, seconds: 14 },
  { options: { slow: 15 }, seconds: 14 },
  { options: { width: 390, height: 800, colorScheme: "dark", reducedMotion: "reduce" }, seconds: 5 },
  { options: { width: 320, height: 640, hasTouch: true, isMobile: true }, seconds: 5 },
  { options: { query: "?embed=1", width: 640, height: 360 }, seconds: 10 },
];

const { bytes, functions, total } = marked(await readFile(join(whole, "page.wasm")));
await rm(noting, { recursive: true, force: true });
await cp("dist", noting, { recursive: true });
await writeFile(join(noting, "noting.wasm"), bytes);
await writeFile(join(noting, "noting.js"), await noted());
const html = await readFile("dist/index.html", "utf8");
await writeFile(join(noting, "index.html"), html.replace(/\.\/start-[0-9a-f]+\.js/, "./noting.js"));

const ran = new Uint8Array(total);
const site = await start(noting);
for (const { options, seconds } of visits) {
  const page = await site.open(options);
  await page.page.waitForTimeout(seconds * 1000);
  const seen = await page.page.evaluate(() => globalThis.ran.join(""));
  for (const index of ran.keys()) if (seen[index] === "1") ran[index] = 1;
  await page.page.context().close();
}
await site.close();

const first = new Set(functions.filter(({ from }) => ran[from]).map(({ name }) => mark(name)));
const later = new Set(functions.map(({ name }) => mark(name)).filter((found) => !first.has(found)));
/** For each function that runs in part what runs in any that looks the same. */
const parts = new Map();
for (const { name, key, from, length } of functions) {
  if (!first.has(mark(name))) continue;
  const before = parts.get(key) ?? new Uint8Array(length);
  parts.set(key, before.map((seen, at) => seen | ran[from + at]));
}
const partly = [...parts].filter(([, seen]) => seen.includes(0)).map(([key, seen]) => key + bits.write(seen));
const lines = (marks) => [...marks].sort().join(" ").replace(/(.{1,119})( |$)/g, "$1\n");
await writeFile("scripts/later.txt", `${lines(later)}\n${lines(partly)}`);
const sum = (list) => list.reduce((all, one) => all + one, 0);
console.log(`later: ${sum(functions.map(({ from }) => ran[from]))} of ${functions.length} functions ran, ${sum(ran)} of ${total} segments`);

async function noted() {
  const glue = await readFile(join(whole, "page.js"), "utf8");
  return script(`
    globalThis.ran = new Uint8Array(${total});
    ${bindings(glue, "profile: { mark: (at) => { ran[at] = 1; } }")}
    await __wbg_init({ module_or_path: "./noting.wasm" });`);
}
