// The tabs under the time line, the keys, the tour.
import assert from "node:assert/strict";
import { closed, opened } from "./page.mjs";

export const journeys = {
  async "tabs: events are filtered, and a click goes to the moment"(site) {
    const page = await opened(site);
    await page.id("tab-events").click();
    await page.id("event").first().waitFor();
    const all = await page.id("event").count();
    await page.id("events-reason").fill("scheduled");
    await page.until("fewer rows", async () => (await page.id("event").count()) < all);
    const reasons = await page.id("event").evaluateAll((rows) => rows.map((row) => row.dataset.reason));
    assert.deepEqual(new Set(reasons), new Set(["Scheduled"]));
    await page.id("moment").first().click();
    await page.until("the past", async () => (await page.seconds()) < 5);
    await closed(page);
  },

  async "tabs: their place grows by keys and by dragging, and stays so after a reload"(site) {
    const page = await opened(site);
    const height = async () => (await page.page.locator("#bottom-panel").boundingBox()).height;
    const usual = await height();
    await page.id("grip").focus();
    await page.page.keyboard.press("Enter");
    await page.until("taller", async () => (await height()) > usual * 2);
    assert.equal(await page.id("grip").getAttribute("aria-valuenow"), "55");
    await page.page.keyboard.press("End");
    const grid = await page.page.locator("main.panes").boundingBox();
    assert.ok(grid.height > 100, "the nodes stay in sight");
    const { x, y } = await page.id("grip").boundingBox();
    await page.page.mouse.move(x + 20, y + 14);
    await page.page.mouse.down();
    await page.page.mouse.move(x + 20, 600, { steps: 4 });
    await page.page.mouse.up();
    await page.until("under the pointer", async () => Math.abs((await page.id("grip").boundingBox()).y + 14 - 600) < 12);
    await page.page.waitForTimeout(1500);
    const chosen = await height();
    await page.page.reload();
    await page.node("worker01").waitFor();
    await page.until("as before", async () => Math.abs((await height()) - chosen) < 2);
    await closed(page);
  },

  async "tabs: the controller steps by one sync"(site) {
    const page = await opened(site);
    await page.id("tab-insides").click();
    await page.pause();
    const syncs = async () => Number.parseInt(await page.id("syncs").innerText(), 10);
    const before = await syncs();
    await page.page.locator('[data-testid="pod"][data-node="worker01"]').click();
    await page.id("pod-delete").click();
    await page.id("step-sync").click();
    await page.until("one sync more", async () => (await syncs()) === before + 1);
    assert.match(await page.id("inside").first().innerText(), /kube-system\/fluentd-elasticsearch/);
    await closed(page);
  },

  async "tabs: the API log shows who asked for what, and what was refused"(site) {
    const page = await opened(site);
    await page.id("tab-api").click();
    await page.id("call").first().waitFor();
    await page.id("api-actor").fill("scheduler");
    await page.id("api-verb").fill("bind");
    await page.until("bindings alone", async () => {
      const rows = await page.id("call").allInnerTexts();
      return rows.length === 3 && rows.every((row) => /default-scheduler[^]*bind/.test(row));
    });
    await closed(page);
  },

  async "tabs: the arrow keys go from one to the next"(site) {
    const page = await opened(site);
    await page.id("tab-console").focus();
    await page.page.keyboard.press("ArrowRight");
    assert.equal(await page.id("tab-events").getAttribute("aria-selected"), "true");
    await page.page.keyboard.press("End");
    assert.equal(await page.id("tab-lessons").getAttribute("aria-selected"), "true");
    await closed(page);
  },

  async "keys: the list opens on ?, holds the focus and closes on Escape"(site) {
    const page = await opened(site);
    await page.page.keyboard.press("?");
    const dialog = page.id("shortcuts");
    await page.until("the dialog", () => dialog.isVisible());
    for (let i = 0; i < 5; i += 1) {
      await page.page.keyboard.press("Tab");
      const inside = await page.page.evaluate(() =>
        document.activeElement === document.body || document.activeElement.closest("dialog") !== null);
      assert.ok(inside, "the focus stays in the dialog");
    }
    await page.page.keyboard.press("Escape");
    await page.until("it is gone", async () => !(await dialog.isVisible()));
    await closed(page);
  },

  async "keys: play, step there and back, console, manifest"(site) {
    const page = await opened(site);
    await page.page.keyboard.press(" ");
    assert.equal(await page.id("play").getAttribute("aria-pressed"), "false");
    const before = await page.seconds();
    await page.page.keyboard.press(".");
    await page.page.keyboard.press(".");
    const after = await page.seconds();
    await page.page.keyboard.press(",");
    await page.page.keyboard.press(",");
    assert.ok(after >= before && (await page.seconds()) <= after);
    await page.page.keyboard.press("/");
    await page.page.waitForFunction(() => document.activeElement?.dataset.testid === "console-input");
    await page.page.keyboard.type("kubectl get ns? e.");
    assert.equal(await page.id("console-input").inputValue(), "kubectl get ns? e.");
    assert.equal(await page.id("shortcuts").isVisible(), false);
    await closed(page);
  },

  async "tour: a few steps, and it can be left"(site) {
    const page = await opened(site);
    await page.id("help").click();
    await page.id("help-tour").click();
    const places = [];
    for (let i = 0; i < 5; i += 1) {
      places.push(await page.id("tour").getAttribute("data-place"));
      await page.id("tour-next").click();
    }
    assert.deepEqual(places, ["is", "why", "want", "time", "bottom"]);
    assert.equal(await page.id("tour").count(), 0);
    await page.id("help").click();
    await page.id("help-tour").click();
    await page.id("tour-skip").click();
    assert.equal(await page.id("tour").count(), 0);
    await closed(page);
  },
};
