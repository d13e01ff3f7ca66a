// make later: opens the release page as visitors do, notes which functions run, and writes the others to scripts/later.txt:
// those are what the first view does without.
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { start } from "../tests/journey/page.mjs";
import { bindings, script, whole } from "./bindings.mjs";
import { mark, marked } from "./split.mjs";

/** Where a page is made that notes what it runs. */
const noting = "target/page-assets/noting";

/** How the page is opened, and for how many seconds nobody touches it. */
const visits = [
  { options: {}, seconds: 30 },
  { options: { slow: 6 }, seconds: 20 },
  { options: { width: 390, height: 800 }, seconds: 5 },
  { options: { query: "?embed=1", width: 640, height: 360 }, seconds: 10 },
];

const { bytes, names } = marked(await readFile(join(whole, "page.wasm")));
await rm(noting, { recursive: true, force: true });
await cp("dist", noting, { recursive: true });
await writeFile(join(noting, "noting.wasm"), bytes);
await writeFile(join(noting, "noting.js"), await noted());
const html = await readFile("dist/index.html", "utf8");
await writeFile(join(noting, "index.html"), html.replace(/\.\/start-[0-9a-f]+\.js/, "./noting.js"));

const ran = new Uint8Array(names.length);
const site = await start(noting);
for (const { options, seconds } of visits) {
  const page = await site.open(options);
  await page.page.waitForTimeout(seconds * 1000);
  const seen = await page.page.evaluate(() => globalThis.ran);
  for (const index of seen.keys()) if (seen[index]) ran[index] = 1;
  await page.page.context().close();
}
await site.close();

const first = new Set(names.filter((_, index) => ran[index]).map(mark));
const later = new Set(names.map(mark).filter((found) => !first.has(found)));
const lines = [...later].sort().join(" ").replace(/(.{1,119})( |$)/g, "$1\n");
await writeFile("scripts/later.txt", lines);
console.log(`later: ${ran.reduce((sum, one) => sum + one)} of ${names.length} functions ran; ${later.size} marks written`);

async function noted() {
  const glue = await readFile(join(whole, "page.js"), "utf8");
  return script(`
    globalThis.ran = Array(${names.length}).fill(0);
    ${bindings(glue, "profile: { mark: (at) => (ran[at] = 1) }")}
    await __wbg_init({ module_or_path: "./noting.wasm" });`);
}
