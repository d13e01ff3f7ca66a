// What axe finds on a page that is serious or critical.
import { readFile } from "node:fs/promises";

const axe = await readFile("node_modules/axe-core/axe.min.js", "utf8");

/** Each finding with the elements it is about. */
export async function serious(page) {
  // The page's policy forbids inline scripts; evaluate is not bound by it.
  await page.page.evaluate(axe);
  const { violations } = await page.page.evaluate(() => globalThis.axe.run());
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}
