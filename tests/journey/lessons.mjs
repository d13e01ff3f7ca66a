// The lessons' tab: commands run with a click, goals are met by what the cluster does.
import assert from "node:assert/strict";
import { serious } from "./axe.mjs";
import { closed, opened } from "./page.mjs";

const goals = (page) => page.id("lesson-goal").evaluateAll((all) => all.map(({ dataset }) => dataset.met));

/** The commands of the open lesson. */
const lines = (page) => page.page.locator(".course").getByTestId("run-line");

const narrow = async (page) => {
  const wide = await page.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 320, `no scrolling sideways: ${wide}`);
};

export const journeys = {
  async "lessons: the first one is taken by clicks to its last goal"(site) {
    const page = await opened(site);
    assert.equal(await page.page.locator(".lessons").count(), 0, "nothing of it before the tab is opened");
    await page.id("tab-lessons").click();
    assert.equal(await page.id("lesson").count(), 6);
    await page.id("lesson").first().click();
    assert.equal(await page.id("lesson-title").evaluate((title) => title === document.activeElement), true);
    assert.deepEqual(await goals(page), ["false", "false"]);
    assert.match(await page.id("lesson-goal").first().innerText(), /Goal, not yet met: all four pods/);
    await page.speed(10);
    const commands = await lines(page).evaluateAll((all) => all.map(({ dataset }) => dataset.line));
    const patch = commands.findIndex((line) => line.startsWith("kubectl patch"));
    for (let i = 0; i <= patch; i += 1) await lines(page).nth(i).click();
    await page.printed(/master01\s+Ready[^]*daemonset\.apps\/fluentd-elasticsearch patched/);
    assert.equal(await page.id("tab-lessons").getAttribute("aria-selected"), "true", "the lesson stays in front");
    await page.until("the first goal", async () => (await goals(page))[0] === "true");
    assert.match(await page.id("lesson-goal").first().innerText(), /✓\s*Goal met:/);
    assert.equal((await page.counters()).available, 4);
    assert.equal(await page.id("lesson-end").count(), 0);
    for (let i = patch + 1; i < commands.length; i += 1) await lines(page).nth(i).click();
    await page.until("the last goal", async () => (await goals(page)).every((met) => met === "true"));
    await page.id("lesson-end").waitFor();
    assert.equal((await page.counters()).available, 3);

    await page.id("tab-console").click();
    await page.id("tab-lessons").click();
    assert.match(await page.id("lesson-progress").innerText(), /^2 of 2/, "kept while another tab is in front");
    await page.page.reload();
    await page.id("tab-lessons").click();
    assert.match(await page.id("lesson").first().innerText(), /2 of 2 goals met/, "kept over a reload");
    await page.id("lesson").first().click();
    await page.id("lesson-anew").click();
    await page.until("begun anew", async () => (await goals(page)).every((met) => met === "false"));
    await page.id("lesson-back").click();
    assert.equal(await page.id("lesson").count(), 6);
    await closed(page);
  },

  async "lessons: one is taken by keyboard alone"(site) {
    const page = await opened(site);
    const keys = page.page.keyboard;
    const focused = () =>
      page.page.evaluate(() => {
        const { dataset, innerText } = document.activeElement;
        return { id: dataset.testid, line: dataset.line, number: dataset.number, text: innerText };
      });
    await page.id("tab-console").focus();
    await keys.press("End");
    await keys.press("Tab");
    while ((await focused()).number !== "4") await keys.press("Tab");
    await keys.press("Enter");
    await page.until("the title has the focus", async () => (await focused()).id === "lesson-title");
    for (const [wanted, acts] of [[/does-not-exist/, true], [/get pods .*-o wide/, false], [/rollout undo/, true]]) {
      for (let i = 0; !wanted.test((await focused()).line ?? ""); i += 1) {
        assert.ok(i < 20, `${wanted} is reached`);
        await keys.press("Tab");
      }
      const met = (await goals(page)).filter((met) => met === "true").length;
      await keys.press("Enter");
      if (acts) {
        await page.until("one goal more", async () => (await goals(page)).filter((met) => met === "true").length > met);
      }
    }
    await page.id("lesson-next").waitFor();
    while ((await focused()).id !== "lesson-next") await keys.press("Tab");
    await keys.press("Enter");
    await page.until("the next lesson", async () => /^Revisions/.test((await focused()).text));
    await closed(page);
  },

  async "lessons: they speak the page's language, fit a narrow screen and read well"(site) {
    for (const [query, language] of [["?lang=zh-Hans", /污点/], ["?lang=zh-Hant&theme=dark", /污點/]]) {
      const page = await opened(site, { query, width: 320, height: 640 });
      await page.id("section-console").click();
      await page.id("tab-lessons").click();
      assert.match(await page.id("lesson").nth(1).innerText(), language);
      await narrow(page);
      assert.deepEqual(await serious(page), []);
      await page.id("lesson").nth(1).click();
      await narrow(page);
      const sizes = await lines(page).evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
      assert.ok(sizes.length > 5 && sizes.every((height) => height >= 24), String(sizes));
      assert.deepEqual(await serious(page), []);
      await closed(page);
    }
  },

  async "lessons: help leads there"(site) {
    const page = await opened(site);
    await page.id("help").click();
    await page.id("help-lessons").click();
    await page.id("lesson").first().waitFor();
    await page.until("the tab has the focus", () =>
      page.id("tab-lessons").evaluate((tab) => tab === document.activeElement));
    await closed(page);
  },
};
