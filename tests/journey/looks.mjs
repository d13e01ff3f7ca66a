// What everybody can use: axe in both themes, the narrow page, the embedded one, the keyboard, frames in time.
import assert from "node:assert/strict";
import { serious } from "./axe.mjs";
import { closed } from "./page.mjs";

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

  async "embedded, view= says which section stands alone; language, speed and theme too"(site) {
    for (const [view, shown, hidden] of [
      ["cluster", "node", "editor"],
      ["why", "why-title", "node"],
      ["manifest", "editor", "why-title"],
      ["console", "console-input", "node"],
    ]) {
      const query = `?embed=1&view=${view}&lang=zh-Hans&speed=10&theme=light`;
      const page = await site.open({ query, width: 640, height: 360, seen: shown });
      assert.equal(await page.id(shown).first().isVisible(), true, view);
      assert.equal(await page.id(hidden).first().isVisible(), false, view);
      assert.equal(await page.id("timeline").isVisible(), true, view);
      assert.equal(await page.id("speed").inputValue(), "10");
      assert.equal(await page.page.evaluate(() => document.documentElement.lang), "zh-Hans");
      const box = await page.id(shown).first().boundingBox();
      assert.ok(box.height > 10 && box.y < 360, view);
      assert.deepEqual(await serious(page), [], view);
      await closed(page);
    }
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
