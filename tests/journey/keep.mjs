// Keep and share: links, files, storage, undo, branches, a crash.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const example = (await readFile("tests/share/v1-twelve-nodes.txt", "utf8")).split("\n")[0];

async function closed(page) {
  assert.deepEqual(page.faults, []);
  await page.page.context().close();
}

/** A trap inside, and the plain page after it. */
async function crash(page) {
  await page.page.evaluate(() => {
    const error = new WebAssembly.RuntimeError("unreachable");
    dispatchEvent(new ErrorEvent("error", { error, message: String(error) }));
  });
  await page.id("crash").waitFor();
}

async function notice(page, words) {
  await page.id("notice").filter({ hasText: words }).waitFor();
}

/** The link in the panel of sharing, from its `#` on. */
async function link(page) {
  await page.id("share").click();
  await page.until("a link", async () => (await page.id("share-text").inputValue()).includes("#A"));
  const text = await page.id("share-text").inputValue();
  await page.page.keyboard.press("Escape");
  return text.slice(text.indexOf("#"));
}

/** Waits until what was done is in the browser's storage. */
async function saved(page) {
  await page.until("work in the storage", () =>
    page.page.evaluate(() => Object.keys(localStorage).some((key) => key.startsWith("work/"))));
  await page.page.waitForTimeout(500);
}

async function reloaded(page) {
  await page.page.reload();
  await page.id("node").first().waitFor();
}

export const journeys = {
  async "a link opens the same run: nodes, pods, files, moment"(site) {
    const page = await site.open({ query: `?paused=1#${example}` });
    assert.equal(await page.id("node").count(), 12);
    await page.settled(12);
    assert.equal(await page.seconds(), 32);
    assert.equal(await page.page.locator('[data-testid="file"][data-name="agent.yaml"]').count(), 1);
    await closed(page);
  },

  async "what is shared opens elsewhere as it was"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.pause();
    await page.taint("worker02", "gpu", "yes", "NoExecute");
    await page.page.locator('[data-testid="slot"][data-node="worker02"]').waitFor({ timeout: 1 }).catch(() => {});
    await page.id("step-second").click();
    const seconds = await page.seconds();
    const pods = await page.pods().evaluateAll((list) => list.map((e) => e.dataset.name).sort());
    const hash = await link(page);
    assert.ok(hash.length <= 4000, `${hash.length} characters`);
    const other = await site.open({ query: `?paused=1${hash}` });
    await other.chip("worker02", "gpu=yes:NoExecute").waitFor();
    assert.equal(await other.seconds(), seconds);
    assert.deepEqual(await other.pods().evaluateAll((list) => list.map((e) => e.dataset.name).sort()), pods);
    assert.equal(await other.id("notice").count(), 0, "the same version has nothing to say");
    await closed(other);
    await closed(page);
  },

  async "an apply that was put off is in the link and in the storage, and comes at its moment"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.pause();
    await page.type((await page.text()).trimEnd().replace(":1.20", ":1.21"));
    const at = Math.floor(await page.seconds()) + 40;
    await page.id("apply-later").click();
    await page.id("ask-field").fill(String(at));
    await page.id("ask-yes").click();
    await page.id("later").waitFor();
    const words = await page.id("later").innerText();
    const hash = await link(page);
    await saved(page);
    await reloaded(page);
    await page.id("later").filter({ hasText: words.split("\n")[0] }).waitFor();
    const other = await site.open({ query: `?paused=1${hash}` });
    await other.id("later").filter({ hasText: words.split("\n")[0] }).waitFor();
    await other.speed(10);
    await other.play();
    await other.page.locator('[data-testid="revision"][data-number="2"]').waitFor();
    assert.ok((await other.seconds()) >= at);
    await other.id("later").waitFor({ state: "detached" });
    await closed(other);
    await page.id("later-cancel").click();
    await page.id("later").waitFor({ state: "detached" });
    await saved(page);
    await reloaded(page);
    assert.equal(await page.id("later").count(), 0);
    await closed(page);
  },

  async "link, Markdown and frame are copied, by hand where the browser forbids it"(site) {
    const page = await site.open();
    await page.id("share").click();
    await page.id("copy-markdown").click();
    assert.match(await page.id("share-text").inputValue(), /^\[DaemonSet Playground\]\(http.*#A[\w-]+\)$/);
    await page.id("copy-frame").click();
    assert.match(await page.id("share-text").inputValue(), /^<iframe src="http.*\?embed=1#A[\w-]+" width="640"/);
    await page.until("it says how it went", async () => /Copied|field/.test(await page.id("share-said").innerText()));
    await closed(page);
  },

  async "a workspace is downloaded and opened again"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.type("# mine\n");
    await page.id("share").click();
    const [download] = await Promise.all([page.page.waitForEvent("download"), page.id("download").click()]);
    const text = await readFile(await download.path(), "utf8");
    assert.match(text, /"v":1/);
    const other = await site.open();
    await other.id("share").click();
    await other.id("file-input").setInputFiles({
      name: "w.daemonset.json", mimeType: "application/json", buffer: Buffer.from(text),
    });
    await other.until("the typed text", async () => (await other.text()).includes("# mine"));
    await closed(other);
    await closed(page);
  },

  async "bad links and files are refused in a sentence, and nothing is overwritten"(site) {
    const page = await site.open();
    await page.type("# kept\n");
    const broken = [
      example.slice(0, 150),
      `${example.slice(0, 100)}zzzz${example.slice(104)}`,
      "A",
      "nothing",
      "<script>alert(1)</script>",
    ];
    for (const text of broken) {
      const other = await site.open({ query: `#${text}` });
      await notice(other, "The link does not open.");
      assert.equal(await other.id("node").count(), 4);
      await closed(other);
    }
    const files = [
      ["{\"v\":99}", "newer version"],
      ["{\"v\":1}", "valid run"],
      ["{\"v\":1,\"setup\":{\"seed\":\"1\"},\"files\":[[\"<script>alert(1)</script>\",\"x\"]]}", "valid run"],
      ["{", "damaged"],
      [`{"v":1,"x":"${"x".repeat(10_000_000)}"}`, "more than this page opens"],
    ];
    for (const [text, words] of files) {
      await page.id("share").click();
      await page.id("file-input").setInputFiles({ name: "w.json", mimeType: "application/json", buffer: Buffer.from(text) });
      await notice(page, words);
      assert.match(await page.text(), /# kept/);
      await page.id("notice-close").click();
    }
    await closed(page);
  },

  async "a reload loses nothing that was typed or done, and a link destroys none of it"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.taint("worker01", "kept", "yes", "NoSchedule");
    const text = `# typed, not applied\n${await page.text()}`;
    await page.type(text);
    await saved(page);
    await reloaded(page);
    await page.chip("worker01", "kept=yes:NoSchedule").waitFor();
    assert.match(await page.text(), /# typed, not applied/);
    const address = page.page.url();
    const other = await page.page.context().newPage();
    await other.goto(`${address}#${example}`);
    await other.getByTestId("node").nth(11).waitFor();
    await other.getByTestId("node").first().getByTestId("add-taint").click();
    await other.getByTestId("taint-save").click();
    await other.waitForTimeout(600);
    assert.ok(!other.url().includes("#"), "what was changed is no longer the link");
    await other.reload();
    await other.getByTestId("node").nth(11).waitFor();
    await other.close();
    await reloaded(page);
    await page.chip("worker01", "kept=yes:NoSchedule").waitFor();
    await closed(page);
  },

  async "named workspaces are kept, opened, renamed and deleted"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.type("# first\n");
    await page.id("workspaces").click();
    await page.id("workspace-name").fill("one");
    await page.id("workspace-save").click();
    await page.page.locator('[data-testid="workspace"][data-name="one"]').waitFor();
    await page.id("workspace-name").fill("two");
    await page.id("workspace-save").click();
    await page.page.keyboard.press("Escape");
    await page.type("# second\n");
    await page.page.waitForTimeout(500);
    await page.id("workspaces").click();
    await page.page.locator('[data-testid="workspace"][data-name="one"]').getByTestId("workspace-open").click();
    await page.until("the first text", async () => (await page.text()).includes("# first"));
    await page.id("workspaces").click();
    const two = page.page.locator('[data-testid="workspace"][data-name="two"]');
    await two.getByTestId("workspace-rename").click();
    await two.getByTestId("workspace-rename-name").fill("three");
    await two.getByTestId("workspace-rename-name").press("Enter");
    const three = page.page.locator('[data-testid="workspace"][data-name="three"]');
    await three.waitFor();
    await three.getByTestId("workspace-delete").click();
    await three.waitFor({ state: "detached" });
    await closed(page);
  },

  async "without storage the page works, and says that it cannot save"(site) {
    const page = await site.open({ init: "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } });" });
    await page.settled(3);
    await page.taint("worker01", "a", "b", "NoSchedule");
    await notice(page, "does not let the page save");
    await closed(page);
  },

  async "what breaks before anybody did anything goes on with the sample"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.page.waitForTimeout(2000);
    const seconds = await page.seconds();
    await crash(page);
    await page.id("crash-on").click();
    await page.settled(3);
    assert.equal(await page.id("play").getAttribute("aria-pressed"), "false");
    assert.ok((await page.seconds()) >= seconds);
    await closed(page);
  },

  async "what breaks inside shows a plain page with a link and a way to go on"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.taint("worker01", "before", "crash", "NoSchedule");
    const seconds = await page.seconds();
    await crash(page);
    assert.match(await page.id("crash").innerText(), /unreachable/);
    assert.match(await page.id("crash-link").inputValue(), /#A[\w-]+$/);
    await page.id("crash-on").click();
    await page.id("node").first().waitFor();
    await page.chip("worker01", "before=crash:NoSchedule").waitFor();
    assert.equal(await page.id("play").getAttribute("aria-pressed"), "false");
    assert.ok((await page.seconds()) >= seconds);
    await page.page.context().close();
  },
};
