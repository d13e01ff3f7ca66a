// axe inside what opens: menus, popovers, forms, the comparison, the pane of reasons.
import assert from "node:assert/strict";
import { serious } from "./axe.mjs";
import { closed, opened } from "./page.mjs";

async function clean(page, what) {
  assert.deepEqual(await serious(page), [], what);
}

export const journeys = Object.fromEntries(
  ["light", "dark"].map((colorScheme) => [
    `panels: axe finds nothing serious in what opens: ${colorScheme}`,
    async (site) => {
      const page = await opened(site, { colorScheme });
      const key = (name) => page.page.keyboard.press(name);
      for (const menu of ["faults", "pictures", "jumps", "file-add", "file-menu", "languages"]) {
        await page.id(menu).click();
        await clean(page, menu);
        await key("Escape");
      }
      for (const over of ["share", "workspaces", "branches"]) {
        await page.id(over).click();
        await clean(page, over);
        await key("Escape");
      }
      await page.node("worker01").getByTestId("node-menu").click();
      await clean(page, "node menu");
      await key("Escape");
      await page.node("worker01").getByTestId("pod-menu").click();
      await clean(page, "pod menu");
      await key("Escape");
      await page.node("worker02").getByTestId("add-taint").click();
      await clean(page, "form of a taint");
      await page.id("chip-kind-label").click();
      await page.id("chip-kind-condition").click();
      await clean(page, "form of a condition");
      await key("Escape");
      for (const form of ["filters", "add-nodes", "select"]) {
        await page.id(form).click();
        await clean(page, form);
        await page.id(form).click();
      }
      await page.id("apply-later").click();
      await page.id("ask-field").fill("600");
      await page.id("ask-yes").click();
      await page.id("later").waitFor();
      await clean(page, "an apply to come");
      await page.podsOn("worker01").click();
      for (const part of ["why-conditions", "why-owners", "why-events", "why-yaml"]) {
        const fold = page.page.locator("aside.why").getByTestId(part).first();
        const button = fold.locator("button").first();
        if ((await fold.count()) && (await button.count())) await button.click();
      }
      await clean(page, "the pane of reasons");
      await page.taint("worker01", "other", "way", "NoExecute");
      await page.id("undo-deed").click();
      await page.taint("worker02", "other", "way", "NoExecute");
      await page.id("branches").click();
      await page.page.locator('[data-testid="branch"]:not([data-front="true"])').getByTestId("branch-compare").click();
      await page.id("compare").waitFor();
      await clean(page, "two branches");
      await closed(page);
    },
  ]),
);
