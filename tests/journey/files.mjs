// The files of the left column are the files of the console.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { closed, opened } from "./page.mjs";

const names = (page) => page.id("file").evaluateAll((list) => list.map((e) => e.dataset.name));
const tab = (page, name) => page.page.locator(`[data-testid="file"][data-name="${name}"]`);

async function pick(page, menu, item) {
  await page.id(menu).click();
  await page.id(item).first().click();
}

export const journeys = {
  async "files: new, renamed, deleted, and the console sees it"(site) {
    const page = await opened(site);
    await pick(page, "file-add", "file-new");
    await page.id("ask-field").fill("mine.yaml");
    await page.id("ask-field").press("Enter");
    await tab(page, "mine.yaml").waitFor();
    await page.type("# hello from the editor");
    await page.console("cat mine.yaml");
    await page.until("the console reads it", async () =>
      /# hello from the editor/.test(await page.id("console-output").innerText()));
    await pick(page, "file-menu", "file-rename");
    await page.id("ask-field").fill("ours.yaml");
    await page.id("ask-yes").click();
    await tab(page, "ours.yaml").waitFor();
    assert.equal((await names(page)).includes("mine.yaml"), false);
    await page.console("ls");
    await page.until("ls shows it", async () => /ours\.yaml/.test(await page.id("console-output").innerText()));
    await pick(page, "file-menu", "file-delete");
    await page.id("ask-yes").click();
    await tab(page, "ours.yaml").waitFor({ state: "detached" });
    await closed(page);
  },

  async "files: what the console writes and removes is seen"(site) {
    const page = await opened(site);
    await page.console("kubectl create ns shop --dry-run=client -o yaml > ns.yaml");
    await tab(page, "ns.yaml").waitFor();
    await page.file("ns.yaml");
    assert.match(await page.text(), /kind: Namespace/);
    await page.apply();
    await page.page.locator('[data-testid="answer"]').filter({ hasText: "namespace/shop created" }).waitFor();
    await page.console("rm ns.yaml");
    await tab(page, "ns.yaml").waitFor({ state: "detached" });
    await closed(page);
  },

  async "files: every file has its own undo"(site) {
    const page = await opened(site);
    await page.file("nginx-ns.yaml");
    const before = await page.text();
    await page.id("editor").click();
    await page.page.keyboard.type("# one");
    await page.file("nginx-ds.yaml");
    await page.id("editor").click();
    await page.page.keyboard.press("Control+z");
    assert.doesNotMatch(await page.text(), /# one/);
    await page.file("nginx-ns.yaml");
    assert.match(await page.text(), /# one/);
    await page.id("editor").click();
    await page.page.keyboard.press("Control+z");
    await page.until("it is undone", async () => (await page.text()).trimEnd() === before.trimEnd());
    await page.page.keyboard.press("Control+Home");
    await page.page.keyboard.press("Control+/");
    assert.match(await page.text(), /^# apiVersion/);
    await closed(page);
  },

  async "files: nodes as YAML are edited and applied"(site) {
    const page = await opened(site);
    await page.file("nodes.yaml");
    const text = (await page.text()).trimEnd();
    assert.match(text, /name: worker01/);
    await page.apply(`${text.replace(/(name: worker01\nspec:\n {2}taints:) \[\]/, "$1\n  - {key: gpu, effect: NoExecute}")}\n`);
    await page.chip("worker01", "gpu:NoExecute").waitFor();
    await page.page.locator('[data-testid="slot"][data-node="worker01"]').waitFor();
    await closed(page);
  },

  async "files: ready-made ones, an own one, a download"(site) {
    const page = await opened(site);
    await page.id("file-add").click();
    await page.page.locator('[data-testid="file-ready"][data-name="node-exporter.yaml"]').click();
    await tab(page, "node-exporter.yaml").waitFor();
    await page.until("a plan", async () => /4 pods created/.test(await page.id("plan").innerText()));
    await page.apply();
    await page.until("pods", async () => (await page.pods('[data-daemonset="node-exporter"]').count()) === 4);
    await page.id("file-picker").setInputFiles({ name: "from here.yaml", mimeType: "text/yaml", buffer: Buffer.from("a: 1\n") });
    await tab(page, "from-here.yaml").waitFor();
    const saved = page.page.waitForEvent("download");
    await pick(page, "file-menu", "file-download");
    const download = await saved;
    assert.equal(download.suggestedFilename(), "from-here.yaml");
    assert.equal(await readFile(await download.path(), "utf8"), "a: 1\n");
    await closed(page);
  },

  async "files: the arrow keys go from tab to tab"(site) {
    const page = await opened(site, { width: 320, height: 640 }).catch(() => null);
    assert.ok(page);
    await page.id("section-want").click();
    await page.id("file").first().focus();
    await page.page.keyboard.press("ArrowRight");
    assert.equal(await tab(page, "nginx-ns.yaml").getAttribute("aria-selected"), "true");
    await page.page.keyboard.press("End");
    assert.equal(await page.id("file").last().getAttribute("aria-selected"), "true");
    const wide = await page.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${wide} px wide`);
    await closed(page);
  },

  async "files: fields and words are completed"(site) {
    const page = await opened(site);
    await page.file("nginx-ds.yaml");
    await page.id("editor").click();
    await page.page.keyboard.press("Control+End");
    await page.page.keyboard.type("\n");
    await page.page.keyboard.press("Home");
    await page.page.keyboard.press("Shift+End");
    await page.page.keyboard.press("Delete");
    await page.page.keyboard.type("      toler");
    const list = page.page.locator(".cm-tooltip-autocomplete");
    await list.waitFor();
    assert.match(await list.innerText(), /tolerations/);
    await page.page.waitForTimeout(150);
    await page.page.keyboard.press("Enter");
    assert.match(await page.text(), /\n {6}tolerations:/);
    await closed(page);
  },
};
