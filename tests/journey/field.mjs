// The dense field and the list: many nodes on one canvas, by pointer, by keyboard, by screen reader.
import assert from "node:assert/strict";

async function closed(page) {
  assert.deepEqual(page.faults, []);
  await page.page.context().close();
}

async function joined(page, number) {
  await page.id("add-nodes").click();
  await page.id("join-count").fill(String(number));
  await page.id("join-add").click();
  await page.until("all nodes", async () => (await page.id("node-count").innerText()).startsWith(`${number + 4} `), 60_000);
  await page.id("add-nodes").click();
}

export const journeys = {
  async "more than 300 nodes are a field of cells; the keyboard walks over it"(site) {
    const page = await site.open();
    await page.settled(3);
    await joined(page, 320);
    await page.id("field").waitFor();
    assert.equal(await page.id("node").count(), 0, "no card is mounted");
    assert.equal(await page.id("field").getAttribute("data-count"), "324");
    await page.id("field").focus();
    const first = await page.id("field-cell").textContent();
    assert.match(first, /^master01: tainted\. no pod: not eligible$/);
    await page.page.keyboard.press("ArrowRight");
    await page.page.keyboard.press("End");
    await page.until("the last node", async () => /^worker320/.test(await page.id("field-cell").textContent()));
    await page.page.keyboard.press("Enter");
    await page.until("it is selected", async () => /worker320/.test(await page.page.locator("aside.why").innerText()));
    const drawn = await page.id("field").locator("canvas").evaluate((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const colors = new Set();
      for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200) colors.add(`${data[i]} ${data[i + 1]} ${data[i + 2]}`);
      return colors.size;
    });
    assert.ok(drawn > 3, `${drawn} colors on the canvas`);
    await page.id("view-cards").click();
    await page.id("window").waitFor();
    assert.equal(await page.id("node").count(), 60, "a window of cards");
    await page.id("window-after").click();
    await page.until("the next ones", async () => (await page.id("window").innerText()).includes("61"));
    await page.id("window-out").click();
    await page.id("field").waitFor();
    await closed(page);
  },

  async "the field is drawn anew when the system's theme changes, and keeps a theme that was chosen"(site) {
    const page = await site.open({ colorScheme: "light" });
    await page.settled(3);
    await page.id("view-field").click();
    await page.id("field").waitFor();
    await page.pause();
    const colors = () =>
      page.id("field").locator("canvas").evaluate((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const seen = new Map();
        for (let i = 0; i < data.length; i += 4) {
          const color = data.slice(i, i + 3).join(" ");
          if (data[i + 3] === 255) seen.set(color, (seen.get(color) ?? 0) + 1);
        }
        return [...seen].sort((a, b) => b[1] - a[1]).map(([color]) => color);
      });
    const revision = { light: "37 99 235", dark: "118 163 255", contrast: "0 48 158" };
    const drawn = (theme) => page.until(`the colors of ${theme}`, async () => (await colors()).includes(revision[theme]));
    await drawn("light");
    await page.page.emulateMedia({ colorScheme: "dark" });
    await drawn("dark");
    await page.page.emulateMedia({ colorScheme: "light", contrast: "more" });
    await drawn("contrast");
    await page.page.emulateMedia({ colorScheme: "light", contrast: "no-preference" });
    await drawn("light");
    await page.page.getByRole("button", { name: "Theme" }).click();
    await page.page.getByRole("menuitem", { name: "Dark" }).click();
    await drawn("dark");
    await page.page.emulateMedia({ colorScheme: "dark" });
    await page.page.emulateMedia({ colorScheme: "light" });
    await page.page.waitForTimeout(200);
    await drawn("dark");
    await closed(page);
  },

  async "the field zooms, and a click selects"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.id("view-field").click();
    const field = page.id("field");
    await field.waitFor();
    await page.page.waitForTimeout(200);
    const box = await field.boundingBox();
    await page.page.mouse.move(box.x + 40, box.y + 40);
    await page.page.locator(".field-tip").waitFor();
    await page.page.mouse.click(box.x + 40, box.y + 40);
    await page.until("a node is selected", async () => /master01/.test(await page.page.locator("aside.why").innerText()));
    for (let i = 0; i < 8 && (await field.count()); i += 1) await page.id("zoom-in").click();
    await page.node("worker01").waitFor();
    await closed(page);
  },

  async "the list has a row for each node on the screen, and says what is there"(site) {
    const page = await site.open();
    await page.settled(3);
    await joined(page, 400);
    await page.id("view-list").click();
    const table = page.id("node-list");
    await table.waitFor();
    assert.equal(await table.getAttribute("aria-rowcount"), "405");
    const rows = await page.id("node-row").count();
    assert.ok(rows > 5 && rows < 80, `${rows} rows are mounted`);
    const words = await page.page.locator('[data-testid="node-row"][data-name="master01"]').innerText();
    assert.match(words, /tainted.*no pod: not eligible.*control-plane:NoSchedule/s);
    await page.page.locator(".nodes-list").evaluate((element) => element.scrollTo(0, 1e6));
    await page.page.locator('[data-testid="node-row"][data-name="worker400"]').waitFor();
    await closed(page);
  },
};
