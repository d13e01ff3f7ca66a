// The page's module in two halves: what opening fetches, and when the rest comes.
import assert from "node:assert/strict";
import { closed } from "./page.mjs";

/** Names of the modules that were fetched, without what tells their versions apart. */
const fetched = (page) =>
  page.page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map(({ name }) => name.match(/(page|later)-[0-9a-f]+\.wasm$/)?.[1])
      .filter(Boolean),
  );

export const journeys = {
  async "opening fetches the first half of the page only"(site) {
    for (const options of [{}, { width: 320, height: 640 }, { query: "?embed=1" }]) {
      const page = await site.open(options);
      await page.settled(3);
      assert.deepEqual([...new Set(await fetched(page))], ["page"]);
      await closed(page);
    }
  },

  async "the second half comes when somebody is there"(site) {
    const page = await site.open();
    await page.page.mouse.move(300, 300);
    await page.page.waitForFunction(() =>
      performance.getEntriesByType("resource").some(({ name }) => /later-[0-9a-f]+\.wasm$/.test(name)),
    );
    await page.console("kubectl explain daemonset.spec.updateStrategy.type");
    await page.printed(/OnDelete/);
    await closed(page);
  },

  async "the second half comes at the latest when something calls for it"(site) {
    const page = await site.open();
    // A script's event is no sign of a person.
    await page.id("console-input").evaluate((input) => {
      input.value = "kubectl version";
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    });
    await page.printed(/Server Version: v1\.36\.3/);
    assert.ok((await fetched(page)).includes("later"));
    await closed(page);
  },

  async "a second half that cannot be had is told, with the link that goes on"(site) {
    const page = await site.open();
    await page.page.route(/later-/, (route) => route.abort());
    await page.page.evaluate(() => document.querySelector('[data-testid="console-input"]').focus());
    await page.page.keyboard.press("k");
    await page.id("crash").waitFor();
    assert.match(await page.id("crash").textContent(), /could not be loaded/);
    await page.page.context().close();
  },
};
