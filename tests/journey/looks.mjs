// What everybody can use: axe in both themes, the narrow page, the embedded one, the keyboard, frames in time.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const axe = await readFile("node_modules/axe-core/axe.min.js", "utf8");

async function serious(page) {
  // The page's policy forbids inline scripts; evaluate is not bound by it.
  await page.page.evaluate(axe);
  const { violations } = await page.page.evaluate(() => globalThis.axe.run());
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

export const journeys = {
  ...Object.fromEntries(
    [
      ["light", { colorScheme: "light" }],
      ["dark", { colorScheme: "dark" }],
      ["narrow", { width: 320, height: 640 }],
      ["embedded", { query: "?embed=1", width: 640, height: 360 }],
    ].map(([name, options]) => [
      `axe finds nothing serious: ${name}`,
      async (site) => {
        const page = await site.open(options);
        await page.page.waitForTimeout(600);
        assert.deepEqual(await serious(page), []);
        await page.page.context().close();
      },
    ]),
  ),

  async "sections are tabs at 320 px, and nothing is cut off"(site) {
    const page = await site.open({ width: 320, height: 640 });
    const wide = await page.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${wide} px wide`);
    await page.id("section-want").click();
    await page.id("editor").waitFor();
    await page.id("section-why").click();
    await page.id("why-title").waitFor();
    await page.id("section-console").click();
    await page.id("console-input").waitFor();
    await page.page.context().close();
  },

  async "embedded it shows the grid and the time line, paused when asked"(site) {
    const page = await site.open({ query: "?embed=1&paused=1&theme=dark", width: 640, height: 360 });
    assert.equal(await page.id("editor").isVisible(), false);
    assert.equal(await page.id("timeline").isVisible(), true);
    const before = await page.seconds();
    await page.page.waitForTimeout(300);
    assert.equal(await page.seconds(), before);
    assert.equal(await page.page.evaluate(() => document.documentElement.dataset.theme), "dark");
    await page.page.context().close();
  },

  async "by keyboard alone: taint a node"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.node("worker01").getByTestId("add-taint").focus();
    await page.page.keyboard.press("Enter");
    await page.id("taint-key").waitFor();
    await page.page.keyboard.type("night");
    await page.page.keyboard.press("Enter");
    await page.chip("worker01", "night=infra:NoSchedule").waitFor();
    await page.page.context().close();
  },
};
