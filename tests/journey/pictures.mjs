// Pictures for docs/screenshots/, of a rollout half-way: node tests/journey/pictures.mjs [FOLDER]
import { start } from "./page.mjs";

const folder = process.argv[2] ?? "docs/screenshots";
const views = {
  "desktop-light": { colorScheme: "light" },
  "desktop-dark": { colorScheme: "dark" },
  phone: { width: 320, height: 640, colorScheme: "light" },
  embed: { query: "?embed=1", width: 640, height: 360, colorScheme: "light" },
};
const site = await start();
for (const [name, options] of Object.entries(views)) {
  const page = await site.open(options);
  await page.settled(3);
  if (!options.query) {
    const narrow = options.width === 320;
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
    const text = await page.text();
    await page.apply(text.replace(":1.20", ":1.21"));
    if (narrow) await page.id("section-is").click();
    for (let i = 0; i < 4; i += 1) await page.id("step-second").click();
    for (let i = 0; i < 12; i += 1) await page.id("step-event").click();
  }
  await page.page.waitForTimeout(500);
  await page.page.screenshot({ path: `${folder}/${name}.png` });
  await page.page.context().close();
}
await site.close();
