// The first minute: a running cluster, one question, and the way to its answer.
import assert from "node:assert/strict";
import { closed } from "./page.mjs";

export const journeys = {
  async "first minute: nothing in the way; the question leads to the reason, one click places the pod, undo takes it back"(site) {
    const page = await site.open();
    // Nothing to sign, choose or dismiss.
    assert.equal(await page.page.locator("dialog[open], [role=dialog], [role=alertdialog]").count(), 0);
    assert.equal(await page.node("master01").count(), 1);
    for (const name of ["worker01", "worker02", "worker03"]) assert.equal(await page.podsOn(name).count(), 1, name);
    // The clock goes, the manifest is a real one, the control plane has its taint.
    assert.equal(await page.id("play").getAttribute("aria-pressed"), "true");
    const began = await page.seconds();
    await page.until("the clock goes", async () => (await page.seconds()) > began);
    assert.match(await page.text(), /kind: DaemonSet/);
    await page.chip("master01", "node-role.kubernetes.io/control-plane:NoSchedule").waitFor();
    // One question on the screen.
    const question = page.page.locator("button.question");
    assert.equal(await question.innerText(), "Why is there no pod on master01?");
    await question.click();
    const why = page.page.locator("aside.why");
    assert.equal(await page.id("check").last().getAttribute("data-outcome"), "fail");
    assert.match(await why.innerText(), /Taint not tolerated/);
    assert.match(await why.innerText(), /node-role\.kubernetes\.io\/control-plane/);
    // One click puts the smallest change into the manifest; what it will do is said before it is done.
    await page.id("fix-insert").first().click();
    assert.match(await page.text(), /key: node-role\.kubernetes\.io\/control-plane/);
    await page.until("the plan", async () =>
      /created/.test((await page.id("plan").count()) ? await page.id("plan").innerText() : ""));
    await page.speed(10);
    await page.apply();
    await page.settled(4);
    assert.equal(await page.podsOn("master01").count(), 1);
    assert.equal(await question.count(), 0, "every node has its pod");
    // What was done is on the line, and can be undone.
    await page.id("undo-deed").click();
    assert.equal(await page.podsOn("master01").count(), 0);
    await closed(page);
  },
};
