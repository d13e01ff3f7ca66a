// The right: everything that is selected explains itself, and offers what changes the answer.
import assert from "node:assert/strict";
import { closed, opened } from "./page.mjs";

const slot = (page, node) => page.page.locator(`[data-testid="slot"][data-node="${node}"]`);

export const journeys = {
  async "why: the suggested lines are inserted into the manifest, and applying them places the pod"(site) {
    const page = await opened(site);
    await slot(page, "master01").click();
    await page.id("fix-insert").click();
    await page.until("the lines in the editor", async () =>
      (await page.text()).includes("- key: node-role.kubernetes.io/control-plane"));
    assert.equal(await page.podsOn("master01").count(), 0, "nothing is applied yet");
    await page.apply();
    await page.speed(10);
    await page.settled(4);
    assert.equal(await page.podsOn("master01").count(), 1);
    await closed(page);
  },

  async "why: one click takes the taints away"(site) {
    const page = await opened(site);
    await slot(page, "master01").click();
    await page.id("fix").filter({ hasText: "Untaint" }).click();
    await page.speed(10);
    await page.settled(4);
    await closed(page);
  },

  async "why: a template that asks for a label gets it from one click"(site) {
    const page = await opened(site);
    await page.console(
      `kubectl patch ds fluentd-elasticsearch -n kube-system -p '{"spec":{"template":{"spec":{"nodeSelector":{"disk":"ssd","zone":"a"}}}}}'`,
    );
    await page.speed(10);
    await slot(page, "worker02").waitFor();
    await slot(page, "worker02").click();
    const failed = page.page.locator('[data-testid="check"][data-outcome="fail"]');
    assert.match(await failed.innerText(), /disk=ssd: the node has no such label/);
    await page.id("fix").filter({ hasText: "Label the node" }).click();
    await page.until("a pod on worker02", async () => (await page.podsOn("worker02").count()) === 1);
    await closed(page);
  },

  async "why: a check leads to its line, and each toleration is compared"(site) {
    const page = await opened(site);
    await slot(page, "master01").click();
    await page.id("why-trials").click();
    assert.equal(await page.id("trial").count(), 7);
    const line = Number(await page.id("why-line").first().getAttribute("data-line"));
    const text = (await page.text()).split("\n");
    assert.match(text[line - 1], /tolerations:/);
    await page.id("why-line").first().click();
    await page.until("the editor has the focus", () =>
      page.page.evaluate(() => document.activeElement?.closest('[data-testid="editor"]') !== null));
    await closed(page);
  },

  async "why: a pod tells who created and bound it, its owners, events and YAML"(site) {
    const page = await opened(site);
    await page.podsOn("worker01").click();
    const story = await page.id("why-story").innerText();
    assert.match(story, /created by daemonset-controller at .*the node should run a pod and has none/);
    assert.match(story, /pinned to worker01/);
    assert.match(story, /bound to worker01 by default-scheduler/);
    for (const id of ["why-owners", "why-events", "why-yaml", "why-conditions", "why-origins"]) {
      await page.id(id).first().click();
    }
    const all = await page.page.locator("aside.why").innerText();
    for (const words of [/ControllerRevision/, /revision 1/, /Scheduled/, /kind: Pod/, /PodScheduled/, /added to every daemon pod/]) {
      assert.match(all, words);
    }
    await closed(page);
  },

  async "why: a pod that cannot be bound shows the scheduler's reasons one by one"(site) {
    const page = await opened(site);
    await page.console(
      `kubectl patch ds fluentd-elasticsearch -n kube-system -p '{"spec":{"template":{"spec":{"containers":[{"name":"fluentd-elasticsearch","resources":{"requests":{"cpu":"900"},"limits":{"cpu":"900"}}}]}}}}'`,
    );
    await page.speed(10);
    const waiting = page.pods('[data-state="pending"]').first();
    await waiting.waitFor();
    await page.pause();
    await waiting.click();
    await page.id("why-pending").waitFor();
    const text = await page.id("why-pending").innerText();
    assert.match(text, /Insufficient cpu/);
    assert.match(text, /Only worker0\d counts/);
    const held = await page.id("why-held").innerText();
    assert.match(held, /maxUnavailable 1 of 3: 1 in use, 2 nodes wait/);
    await closed(page);
  },

  async "why: a taint of the node lifecycle controller says which condition put it there"(site) {
    const page = await opened(site);
    await page.nodeMenu("worker03", "node-stop");
    await page.speed(100);
    await page.chip("worker03", "node.kubernetes.io/unreachable:NoExecute").waitFor();
    await page.pause();
    await page.node("worker03").locator(".name").click();
    await page.id("why-origins").last().click();
    assert.match(await page.page.locator(".origins").last().innerText(), /condition Ready is Unknown/);
    await closed(page);
  },
};
