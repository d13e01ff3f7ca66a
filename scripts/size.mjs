// size.mjs [FOLDER]: every file of the page with its brotli size (level 11), against the budgets.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

// When the first load is over its budget, `make later` may be due (docs/decisions/007-parts-that-wait.md).
const KB = 1000;
const totals = {
  "first load": { budget: 400 * KB, holds: (name) => !/^(editor|later)/.test(name) },
  "with the editor": { budget: 550 * KB, holds: (name) => !/^later/.test(name) },
  "all files": { budget: 1560 * KB, holds: () => true },
};

const root = process.argv[2] ?? "dist";
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
const rows = [];
for (const name of (await readdir(root)).sort()) {
  if (name.startsWith(".")) continue;
  const bytes = await readFile(join(root, name));
  rows.push({ name, raw: bytes.length, packed: brotliCompressSync(bytes, options).length });
}
const row = (name, raw, packed) =>
  console.log(`${String(packed).padStart(9)} ${String(raw).padStart(9)}  ${name}`);
console.log("   brotli       raw  file");
for (const { name, raw, packed } of rows) row(name, raw, packed);
const sum = (list, key) => list.reduce((total, item) => total + item[key], 0);
let over = 0;
for (const [title, { budget, holds }] of Object.entries(totals)) {
  const list = rows.filter(({ name }) => holds(name));
  const packed = sum(list, "packed");
  if (packed > budget) over += 1;
  row(`${title} (budget ${budget}: ${packed > budget ? "OVER BUDGET" : "ok"})`, sum(list, "raw"), packed);
}
console.log(`test result: ${over ? "FAILED" : "ok"}. ${Object.keys(totals).length - over} passed; ${over} failed`);
process.exit(over ? 1 : 0);
