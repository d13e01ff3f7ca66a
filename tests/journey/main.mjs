// Whole-page journeys against the built page in dist/. `node tests/journey/main.mjs ["PART OF A NAME|ANOTHER"]` runs some.
import { readdir } from "node:fs/promises";
import { start } from "./page.mjs";

const wanted = process.argv[2] ?? "";
const all = {};
for (const file of (await readdir(import.meta.dirname)).sort()) {
  if (!file.endsWith(".mjs") || ["main.mjs", "page.mjs", "pictures.mjs"].includes(file)) continue;
  const { journeys } = await import(`./${file}`);
  Object.assign(all, journeys);
}
const site = await start();
let passed = 0;
let failed = 0;
for (const [name, journey] of Object.entries(all)) {
  if (!wanted.split("|").some((part) => name.includes(part))) continue;
  const began = Date.now();
  try {
    await journey(site);
    passed += 1;
    console.log(`ok      ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n        ${String(error.stack ?? error).replaceAll("\n", "\n        ")}`);
  }
}
await site.close();
console.log(`test result: ${failed ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed`);
process.exit(failed ? 1 : 0);
