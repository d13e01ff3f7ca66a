// Whole-page journeys against the built page in dist/. `node tests/journey/main.mjs [PART OF A NAME]` runs some.
import { start } from "./page.mjs";
import { journeys as deeds } from "./deeds.mjs";
import { journeys as looks } from "./looks.mjs";
import { journeys as refusals } from "./refusals.mjs";

const wanted = process.argv[2] ?? "";
const all = { ...deeds, ...refusals, ...looks };
const site = await start();
let passed = 0;
let failed = 0;
for (const [name, journey] of Object.entries(all)) {
  if (!name.includes(wanted)) continue;
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
