// Commands that stand elsewhere on the page than in the console: a click, or Enter, runs them there.
import assert from "node:assert/strict";
import { closed, opened } from "./page.mjs";

const printed = (page) => page.id("console-output").innerText();

export const journeys = {
  async "commands: an event's object is described in the console, by mouse and by keyboard"(site) {
    const page = await opened(site);
    await page.pause();
    await page.id("tab-events").click();
    await page.id("events-object").fill("daemonset/");
    await page.until("one kind alone", async () => {
      const objects = await page.id("event").locator('[data-testid="run-line"]').allInnerTexts();
      return objects.length > 0 && objects.every((object) => object.includes("daemonset/"));
    });
    const button = page.id("event").first().getByTestId("run-line");
    const line = await button.getAttribute("data-line");
    assert.match(line, /^kubectl describe daemonset \S+ -n \S+$/);
    const name = `daemonset/${line.split(" ")[3]}`;
    assert.equal(await button.getAttribute("aria-label"), `${name}: run ${line} in the console`);
    const box = await button.boundingBox();
    assert.ok(box.height >= 24 && box.width >= 24, `large enough: ${JSON.stringify(box)}`);
    await button.click();
    assert.equal(await page.id("tab-console").getAttribute("aria-selected"), "true");
    await page.until("described", async () => /Desired Number of Nodes Scheduled: 3/.test(await printed(page)));
    assert.ok((await printed(page)).includes(line), "the command is shown");
    await page.until("the end of what was printed", () =>
      page.id("console-output").evaluate(({ parentElement: pane }) => {
        const below = pane.scrollHeight - pane.clientHeight - pane.scrollTop;
        return pane.scrollHeight > pane.clientHeight && below < 4;
      }),
    );
    await page.id("console-input").press("ArrowUp");
    assert.equal(await page.id("console-input").inputValue(), line, "it is in the history");

    await page.id("console-clear").click();
    await page.id("tab-events").click();
    await page.id("events-object").fill("pod/");
    const pod = page.id("event").first().getByTestId("run-line");
    await page.until("a pod's", async () => /describe pod/.test(await pod.getAttribute("data-line")));
    await pod.focus();
    await page.page.keyboard.press("Enter");
    await page.until("described", async () => /Controlled By:\s+DaemonSet/.test(await printed(page)));
    await closed(page);
  },

  async "commands: those that a manifest's comments name run from under the text"(site) {
    const page = await opened(site);
    await page.id("file-add").click();
    await page.page.locator('[data-testid="file-ready"][data-name="gpu-plugin.yaml"]').click();
    const button = page.page.locator(".noted").getByTestId("run-line");
    await button.waitFor();
    assert.match(await button.innerText(), /kubectl label nodes worker01 accelerator=gpu/);
    await button.click();
    await page.until("labeled", async () => (await printed(page)).includes("node/worker01 labeled"));
    await closed(page);
  },

  async "commands: their buttons speak the page's language, and fit a narrow screen"(site) {
    const page = await opened(site, { query: "?lang=zh-Hans", width: 320, height: 700 });
    await page.id("section-console").click();
    await page.id("tab-events").click();
    const button = page.id("event").first().getByTestId("run-line");
    assert.match(await button.getAttribute("aria-label"), /在控制台中运行/);
    const wide = await page.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `no scrolling sideways: ${wide}`);
    await closed(page);
  },
};
