// Three languages, high contrast, large zoom: complete, and nothing for axe to find.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const axe = await readFile("node_modules/axe-core/axe.min.js", "utf8");

async function serious(page) {
  await page.page.evaluate(axe);
  const { violations } = await page.page.evaluate(() => globalThis.axe.run());
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

/** Opens what is closed, so that everything is looked at. */
async function open(page) {
  await page.podsOn("worker01").first().click();
  for (const id of ["why-conditions", "why-origins", "why-owners", "why-events", "why-yaml"]) {
    await page.id(id).first().click();
  }
}

export const journeys = {
  ...Object.fromEntries(
    [
      ["English", { query: "?lang=en" }],
      ["简体中文", { query: "?lang=zh-Hans" }],
      ["繁體中文", { query: "?lang=zh-Hant" }],
      ["high contrast", { query: "?theme=contrast" }],
      ["high contrast, dark", { query: "?theme=contrast", colorScheme: "dark" }],
    ].map(([name, options]) => [
      `languages: axe finds nothing serious, with all sections and each tab open: ${name}`,
      async (site) => {
        const page = await site.open(options);
        await page.settled(3);
        await page.pause();
        await open(page);
        for (const tab of ["events", "insides", "api", "lessons", "console"]) {
          await page.id(`tab-${tab}`).click();
          await page.page.waitForTimeout(250);
          assert.deepEqual(await serious(page), [], tab);
        }
        await page.page.keyboard.press("Escape");
        await page.page.context().close();
      },
    ]),
  ),

  async "languages: hardly an English word is left on a Chinese page"(site) {
    for (const lang of ["zh-Hans", "zh-Hant"]) {
      const page = await site.open({ query: `?lang=${lang}` });
      await page.settled(3);
      await page.pause();
      await page.page.locator('[data-testid="slot"][data-node="master01"]').click();
      const left = await page.page.evaluate(() => {
        // What Kubernetes itself says (the live region repeats it) and what people name stays English.
        const own = "code, pre, .mono, [data-testid=editor], .cm-editor, .drawer, .bottom table, option, .logo, .name, .chip, kbd, .files, dialog, h2, .badge, .set-name, .token, .words b, [data-testid=live]";
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const found = [];
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const parent = node.parentElement;
          if (!parent || parent.closest(own) || parent.closest("script, style, noscript")) continue;
          const words = node.textContent.match(/[A-Za-z][a-z]{2,}(?: [a-z]{2,})+/g);
          if (words) found.push(...words);
        }
        return found;
      });
      assert.deepEqual(left, [], lang);
      await page.page.context().close();
    }
  },

  async "languages: nothing is cut off at 320 px, in any language"(site) {
    for (const lang of ["en", "zh-Hans", "zh-Hant"]) {
      const page = await site.open({ query: `?lang=${lang}`, width: 320, height: 640 });
      for (const section of ["want", "is", "why", "console"]) {
        await page.id(`section-${section}`).click();
        const wide = await page.page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= 320, `${lang}, ${section}: ${wide} px wide`);
      }
      await page.page.context().close();
    }
  },

  async "zoom: at 400 % every section can be reached and read"(site) {
    const page = await site.open({ width: 320, height: 225 });
    for (const [section, testid] of [["want", "editor"], ["is", "node"], ["why", "why-title"], ["console", "console-input"]]) {
      await page.id(`section-${section}`).click();
      const box = await page.id(testid).first().boundingBox();
      assert.ok(box && box.height > 0, section);
      await page.id(testid).first().scrollIntoViewIfNeeded();
    }
    await page.page.context().close();
  },

  async "live region: at most one message a second"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.page.evaluate(() => {
      globalThis.heard = [];
      const live = document.querySelector('[data-testid="live"]');
      new MutationObserver(() => globalThis.heard.push(performance.now())).observe(live, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    for (let i = 0; i < 5; i += 1) await page.console(`kubectl create ns n${i}`);
    await page.page.waitForTimeout(2500);
    const heard = await page.page.evaluate(() => globalThis.heard);
    assert.ok(heard.length >= 1 && heard.length <= 4, `${heard.length} messages`);
    for (let i = 1; i < heard.length; i += 1) assert.ok(heard[i] - heard[i - 1] > 900, `${heard}`);
    await page.page.context().close();
  },
};
