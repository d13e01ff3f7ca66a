// Pictures for docs/screenshots/, of a rollout half-way: node tests/journey/pictures.mjs [FOLDER] [PART OF A NAME]
import { start } from "./page.mjs";

const folder = process.argv[2] ?? "docs/screenshots";
const wanted = process.argv[3] ?? "";
const light = { colorScheme: "light" };
/** Name → how the page is opened, and what is done on it before the picture. */
const views = {
  "desktop-light": light,
  "desktop-dark": { colorScheme: "dark" },
  "desktop-contrast": { ...light, contrast: "more" },
  "desktop-zh-hans": { ...light, query: "?lang=zh-Hans" },
  "desktop-zh-hant": { ...light, query: "?lang=zh-Hant" },
  phone: { ...light, width: 320, height: 640 },
  embed: { ...light, query: "?embed=1", width: 640, height: 360, still: true },
  list: { ...light, shown: "list" },
  field: { ...light, many: 500, shown: "field" },
};

async function scene(page, narrow) {
  if (narrow) await page.id("section-is").click();
  for (const name of ["worker04", "worker05", "worker06"]) {
    await page.id("add-node").click();
    await page.node(name).waitFor();
  }
  await page.speed(10);
  await page.settled(6);
  await page.taint("worker06", "dedicated", "edge", "NoExecute");
  await page.nodeMenu("worker05", "node-cordon");
  await page.pause();
  if (narrow) await page.id("section-want").click();
  await page.apply((await page.text()).replace(":1.20", ":1.21"));
  if (narrow) await page.id("section-is").click();
  for (let i = 0; i < 4; i += 1) await page.id("step-second").click();
  for (let i = 0; i < 12; i += 1) await page.id("step-event").click();
}

async function crowd(page, count) {
  await page.id("add-nodes").click();
  await page.id("join-count").fill(String(count - 4));
  await page.id("join-add").click();
  await page.until("all nodes", async () => (await page.id("node-count").innerText()).startsWith(`${count} `), 120_000);
  await page.id("add-nodes").click();
  await page.speed(100);
  await page.until("pods on all", async () => (await page.counters()).available >= count - 1, 240_000);
  const budget = "\nspec:\n  updateStrategy:\n    rollingUpdate:\n      maxUnavailable: 20%\n";
  await page.speed(1);
  await page.apply((await page.text()).replace(":1.20", ":1.21").replace(/\nspec:\n/, budget));
  await page.until("a part is new", async () => (await page.counters()).updated > count / 3, 240_000);
  await page.pause();
}

const site = await start();
for (const [name, { shown, many, still, ...options }] of Object.entries(views)) {
  if (!name.includes(wanted)) continue;
  const page = await site.open(options);
  await page.settled(3);
  if (many) await crowd(page, many);
  else if (!still) await scene(page, options.width === 320);
  if (shown) await page.id(`view-${shown}`).click();
  await page.page.evaluate(() => document.querySelector(".grid")?.scrollTo(0, 0));
  await page.page.waitForTimeout(700);
  await page.page.screenshot({ path: `${folder}/${name}.png` });
  await page.page.context().close();
}
await site.close();
