// Cards: chips of labels and conditions, a pod's menu, several nodes at once, how pods come.
import assert from "node:assert/strict";
import { closed, opened } from "./page.mjs";

const picked = (page) => page.id("pick").evaluateAll((boxes) => boxes.filter((box) => box.checked).length);

export const journeys = {
  async "cards: a label is added, edited and removed in place, with completion"(site) {
    const page = await opened(site);
    const card = page.node("worker01");
    await card.getByTestId("add-taint").click();
    await page.id("chip-kind-label").click();
    const keys = await card.locator("datalist").first().locator("option").evaluateAll((list) => list.map((o) => o.value));
    assert.ok(keys.includes("kubernetes.io/os"), `${keys}`);
    await page.id("label-key").fill("disk");
    await page.id("label-value").fill("ssd");
    await page.id("label-save").click();
    const chip = card.getByTestId("label").filter({ hasText: "disk=ssd" });
    await chip.click();
    await page.id("label-value").fill("nvme");
    await page.id("label-save").click();
    await card.getByTestId("label").filter({ hasText: "disk=nvme" }).waitFor();
    assert.equal(await chip.count(), 0);
    await card.getByTestId("remove-label").click();
    await card.getByTestId("label").waitFor({ state: "detached" });
    await page.printed(/label nodes worker01 disk=nvme --overwrite/);
    await closed(page);
  },

  async "cards: a condition begins and ends as a chip, and its taint comes and goes"(site) {
    const page = await opened(site);
    const card = page.node("worker02");
    await card.getByTestId("add-taint").click();
    await page.id("chip-kind-condition").click();
    await page.id("condition-kind").selectOption("DiskPressure");
    await page.id("condition-save").click();
    await page.speed(10);
    await card.getByTestId("condition").filter({ hasText: "DiskPressure" }).waitFor();
    await page.chip("worker02", "node.kubernetes.io/disk-pressure:NoSchedule").waitFor();
    // A kubelet holds on to a pressure for five minutes.
    await page.speed(300);
    await card.getByTestId("remove-condition").click();
    await card.getByTestId("condition").waitFor({ state: "detached" });
    await page.chip("worker02", "disk-pressure").waitFor({ state: "detached" });
    await closed(page);
  },

  async "cards: a pod is described, read, crashed and deleted by its menu"(site) {
    const page = await opened(site);
    const menu = async (deed) => {
      await page.node("worker03").getByTestId("pod-menu").click();
      await page.id(deed).click();
    };
    await page.id("tab-events").click();
    await menu("pod-describe");
    await page.id("console-output").waitFor();
    const name = await page.podsOn("worker03").getAttribute("data-name");
    await page.printed(new RegExp(`Name: +${name}`));
    await menu("pod-logs");
    await page.printed(new RegExp(`kubectl logs ${name}`));
    await page.speed(10);
    await menu("pod-crash");
    await page.console(`kubectl get pod ${name} -n kube-system`);
    await page.until("a restart", async () => {
      await page.console(`kubectl get pod ${name} -n kube-system --no-headers`);
      return /Running +1 /.test(await page.id("console-output").innerText());
    });
    await menu("pod-remove");
    await page.until("another pod", async () => {
      const names = await page.podsOn("worker03").evaluateAll((list) => list.map((e) => e.dataset.name));
      return names.length === 1 && names[0] !== name;
    });
    await closed(page);
  },

  async "cards and list: Shift picks a range, by pointer and by arrow"(site) {
    const page = await opened(site);
    const name = (node) => page.page.locator(`button.name[data-of="${node}"]`);
    await name("master01").click();
    await name("worker02").click({ modifiers: ["Shift"] });
    await page.id("bulk").waitFor();
    assert.equal(await picked(page), 3);
    await name("worker02").press("Shift+ArrowRight");
    assert.equal(await picked(page), 4);
    assert.equal(await page.page.evaluate(() => document.activeElement.dataset.of), "worker03");
    await page.id("bulk-clear").click();
    await page.id("view-list").click();
    await name("worker01").click();
    await name("worker03").click({ modifiers: ["Shift"] });
    const rows = page.page.locator('[data-testid="node-row"][data-picked="true"]');
    assert.equal(await rows.count(), 3);
    await page.id("bulk-clear").click();
    await name("worker01").press("Shift+ArrowDown");
    assert.equal(await rows.count(), 2);
    await closed(page);
  },

  async "motion: placed, rolled and reverted are told apart; what was there stands still"(site) {
    const page = await opened(site);
    const came = (node) => page.podsOn(node).last().locator("xpath=..").getAttribute("data-came");
    assert.equal(await came("worker01"), "still");
    await page.speed(10);
    await page.podsOn("worker01").click();
    const old = await page.podsOn("worker01").getAttribute("data-name");
    await page.id("pod-delete").click();
    await page.until("another pod", async () => (await page.podsOn("worker01").last().getAttribute("data-name")) !== old);
    assert.equal(await came("worker01"), "placed");
    assert.equal(await came("worker02"), "still");
    await page.settled(3);
    await page.apply((await page.text()).replace(":1.20", ":1.21"));
    await page.until("rolled out", async () => (await page.pods('[data-revision="2"]').count()) === 3);
    await page.settled(3);
    for (const node of ["worker01", "worker02", "worker03"]) assert.equal(await came(node), "rolled", node);
    await page.id("undo").first().click();
    await page.until("rolled back", async () => (await page.pods('[data-revision="3"]').count()) === 3);
    await page.settled(3);
    for (const node of ["worker01", "worker02", "worker03"]) assert.equal(await came(node), "reverted", node);
    const look = (node) =>
      page.podsOn(node).evaluate((pod) => getComputedStyle(pod).animationName);
    const moves = await look("worker01");
    assert.equal(moves, "come-back");
    await page.page.emulateMedia({ reducedMotion: "reduce" });
    assert.equal(await look("worker01"), "none");
    const mark = await page.podsOn("worker01").locator(".words b").evaluate((b) => getComputedStyle(b, "::after").content);
    assert.match(mark, /↶/);
    await closed(page);
  },
};
