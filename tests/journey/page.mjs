// The page as a person meets it: open it, read it by its hooks, do things.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";
import { serve } from "../../scripts/serve.mjs";

const flags = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The page is served under a path, to prove that its addresses are relative. */
const prefix = "/some/where/deep/";

function chromiumPath() {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      // The next name.
    }
  }
  throw new Error("no Chromium: run make setup");
}

/** Starts server and browser; `open` gives a fresh page, `close` ends both. */
export async function start(root = "dist") {
  const server = await serve(root, 0, prefix);
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: flags });
  const base = `http://127.0.0.1:${server.address().port}${prefix}`;
  return {
    async open({ query = "", width = 1440, height = 900, init, seen = "node", slow = 1, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width, height }, ...options });
      if (init) await context.addInitScript(init);
      const page = await context.newPage();
      page.setDefaultTimeout(20_000 * slow);
      if (slow > 1) {
        const session = await context.newCDPSession(page);
        await session.send("Emulation.setCPUThrottlingRate", { rate: slow });
      }
      const faults = [];
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("console", (message) => {
        // Chromium copies styles when a test inserts text into an editor; the policy stops it, as it should.
        const copied = message.text().startsWith("Applying inline style violates");
        if (message.type() === "error" && !copied) faults.push(message.text());
      });
      await page.goto(`${base}${query}`);
      await page.getByTestId(seen).first().waitFor();
      return new Playground(page, faults);
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** A page whose first rollout is over. */
export async function opened(site, options) {
  const page = await site.open(options);
  await page.settled(3);
  return page;
}

/** Ends a page on which nothing went wrong. */
export async function closed(page) {
  assert.deepEqual(page.faults, []);
  await page.page.context().close();
}

export class Playground {
  constructor(page, faults) {
    this.page = page;
    /** What the browser complained about: nothing, in a good run. */
    this.faults = faults;
  }

  id(name) {
    return this.page.getByTestId(name);
  }

  node(name) {
    return this.page.locator(`[data-testid="node"][data-name="${name}"]`);
  }

  pods(selector = "") {
    return this.page.locator(`[data-testid="pod"]${selector}`);
  }

  podsOn(node, selector = "") {
    return this.pods(`[data-node="${node}"]${selector}`);
  }

  async counters() {
    return this.id("counters").evaluate((element) =>
      Object.fromEntries(Object.entries(element.dataset).map(([key, value]) => [key, Number(value)])),
    );
  }

  async seconds() {
    return Number(await this.id("clock").getAttribute("data-seconds"));
  }

  async speed(value) {
    await this.id("speed").selectOption(String(value));
  }

  async pause() {
    if ((await this.id("play").getAttribute("aria-pressed")) === "true") await this.id("play").click();
  }

  async play() {
    if ((await this.id("play").getAttribute("aria-pressed")) === "false") await this.id("play").click();
  }

  /** Waits until `read()` gives something true. */
  async until(what, read, ms = 20_000) {
    const end = Date.now() + ms;
    let last;
    while (Date.now() < end) {
      last = await read();
      if (last) return last;
      await this.page.waitForTimeout(40);
    }
    throw new Error(`never came: ${what}`);
  }

  async settled(number) {
    await this.until(`${number} available pods`, async () => {
      const { desired, available, updated } = await this.counters();
      return desired === number && available === number && updated === number;
    });
  }

  /** The text of the editor, whichever it is. */
  async text() {
    return this.id("editor").evaluate((element) => element.value ?? element.innerText);
  }

  async type(text) {
    const editor = this.id("editor");
    await editor.fill(text);
  }

  async apply(text) {
    if (text !== undefined) await this.type(text);
    await this.id("apply").click();
  }

  async taint(node, key, value, effect) {
    await this.node(node).getByTestId("add-taint").click();
    await this.id("taint-key").fill(key);
    await this.id("taint-value").fill(value);
    await this.id("taint-effect").selectOption(effect);
    await this.id("taint-save").click();
    await this.chip(node, `${key}=${value}:${effect}`).waitFor();
  }

  chip(node, text) {
    return this.node(node).getByTestId("taint").filter({ hasText: text });
  }

  async untaint(node, text) {
    const chip = this.node(node).locator(".chip").filter({ hasText: text });
    await chip.getByTestId("remove-taint").click();
    await this.chip(node, text).waitFor({ state: "detached" });
  }

  async nodeMenu(node, deed) {
    await this.node(node).getByTestId("node-menu").click();
    await this.node(node).getByTestId(deed).click();
  }

  async console(line) {
    await this.id("console-input").fill(line);
    await this.id("console-input").press("Enter");
  }

  /** What the console shows, once it matches: a line is rendered in the frame after it was put there. */
  async printed(pattern) {
    let text = "";
    await this.until(`${pattern} in the console`, async () => {
      text = await this.id("console-output").innerText();
      return pattern.test(text);
    });
    return text;
  }

  async file(name) {
    await this.page.locator(`[data-testid="file"][data-name="${name}"]`).click();
  }
}
