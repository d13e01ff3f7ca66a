// size.mjs [FOLDER]: every file of the page with its brotli size (level 11), against the budgets.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

// What is allowed today; where it should go is in docs/decisions/002-size-of-the-page.md.
const budgets = { "first load": 1200 * 1024, "with the editor": 1316 * 1024 };
/** Files that are fetched later, on demand. */
const lazy = /^editor/;

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
const first = rows.filter(({ name }) => !lazy.test(name));
const totals = { "first load": first, "with the editor": rows };
let over = 0;
for (const [title, list] of Object.entries(totals)) {
  const packed = sum(list, "packed");
  const verdict = packed <= budgets[title] ? "ok" : "OVER BUDGET";
  if (packed > budgets[title]) over += 1;
  row(`${title} (budget ${budgets[title]}: ${verdict})`, sum(list, "raw"), packed);
}
console.log(`test result: ${over ? "FAILED" : "ok"}. ${2 - over} passed; ${over} failed`);
process.exit(over ? 1 : 0);
