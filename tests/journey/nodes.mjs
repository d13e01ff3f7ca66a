// Nodes: added, grouped, filtered, picked, several at once; faults of the cluster; pictures.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

async function closed(page) {
  assert.deepEqual(page.faults, []);
  await page.page.context().close();
}

export const journeys = {
  async "nodes are added with names, labels, taints and capacity"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.id("add-nodes").click();
    await page.id("join-name").fill("Edge");
    await page.id("join-add").click();
    await page.page.locator(".join-form .wrong").filter({ hasText: "Edge-01 cannot be the name of a node" }).waitFor();
    await page.id("join-name").fill("edge-{}");
    await page.id("join-count").fill("2");
    await page.id("join-labels").fill("zone=b,disktype=ssd");
    await page.id("join-taints").fill("dedicated=edge:NoExecute");
    await page.id("join-cpu").fill("16");
    await page.id("join-add").click();
    await page.node("edge-02").waitFor();
    await page.chip("edge-01", "dedicated=edge:NoExecute").waitFor();
    assert.match(await page.node("edge-01").innerText(), /disktype=ssd/);
    await closed(page);
  },

  async "nodes are grouped, filtered by text, selector and state"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.console("kubectl label nodes worker01 worker02 zone=a");
    await page.console("kubectl label nodes worker03 zone=b");
    await page.id("filters").click();
    await page.id("group-by").selectOption("zone");
    await page.until("three groups", async () => (await page.id("group").count()) === 3);
    const shown = () => page.id("node").evaluateAll((list) => list.map((e) => e.dataset.name));
    await page.id("filter-text").fill("zone=a");
    await page.until("the selector", async () => (await shown()).join() === "worker01,worker02");
    await page.id("filter-text").fill("MASTER");
    await page.until("the name", async () => (await shown()).join() === "master01");
    await page.id("filter-clear").click();
    await page.id("filter-state").selectOption({ label: "without a pod" });
    await page.until("the empty ones", async () => (await shown()).join() === "master01");
    await closed(page);
  },

  async "several nodes are cordoned, labeled and tainted at once"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.id("select").click();
    await page.id("bulk-all").click();
    await page.id("bulk-cordon").click();
    await page.until("all are cordoned", async () => (await page.page.locator('[data-testid="node"][data-cordoned="true"]').count()) === 4);
    await page.id("bulk-label-text").fill("team=a");
    await page.id("bulk-label").click();
    await page.until("labels", async () => (await page.id("label").filter({ hasText: "team=a" }).count()) === 4);
    await page.id("bulk-uncordon").click();
    await page.until("none is", async () => (await page.page.locator('[data-testid="node"][data-cordoned="true"]').count()) === 0);
    await closed(page);
  },

  async "a counter lights the nodes that it counts"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.page.locator(".counter").first().click();
    const lit = () => page.page.locator('[data-testid="node"][data-lit="true"]').count();
    assert.equal(await lit(), 3);
    await closed(page);
  },

  async "the controller dies and comes back"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.id("faults").click();
    await page.id("fault-controller").click();
    await page.podsOn("worker01").click();
    await page.id("pod-delete").click();
    await page.page.locator('[data-testid="slot"][data-node="worker01"]').waitFor();
    const before = await page.seconds();
    await page.speed(10);
    await page.until("half a minute", async () => (await page.seconds()) > before + 30);
    assert.equal(await page.podsOn("worker01").count(), 0);
    await page.id("faults").click();
    await page.id("fault-controller").click();
    await page.settled(3);
    await closed(page);
  },

  async "the grid is kept as SVG and as PNG"(site) {
    const page = await site.open();
    await page.settled(3);
    const starts = { svg: "<svg", png: "\x89PNG" };
    for (const [kind, start] of Object.entries(starts)) {
      await page.id("pictures").click();
      const [file] = await Promise.all([page.page.waitForEvent("download"), page.id(`picture-${kind}`).click()]);
      const bytes = await readFile(await file.path());
      assert.equal(file.suggestedFilename(), `nodes.${kind}`);
      assert.ok(bytes.toString("latin1").startsWith(start), `${kind} begins as it should`);
    }
    await closed(page);
  },
};
