// Plan before apply: what the left column says, and that it is what then happens.
import assert from "node:assert/strict";
import { closed, opened } from "./page.mjs";

/** Waits for the plan of the text as it is now. */
async function planned(page, state = "known") {
  await page.page.locator(`[data-testid="plan"][data-state="${state}"][data-stale="false"]`).waitFor({ state: "attached" });
  return page.id("plan").innerText();
}

const line = (page, tone) => page.page.locator(`[data-testid="plan-line"][data-tone="${tone}"]`);

export const journeys = {
  async "plan: a new image says what is replaced, and then it is"(site) {
    const page = await opened(site);
    await planned(page, "same");
    assert.equal(await page.id("apply-state").innerText(), "applied");
    const text = (await page.text()).trimEnd();
    await page.type(text.replace(":1.20", ":1.21"));
    const plan = await planned(page);
    assert.match(plan, /3 pods replaced, one at a time · about \d/);
    assert.match(plan, /1 node not eligible: taint not tolerated/);
    assert.match(plan, /new revision 2, template changed: image/);
    assert.match(plan, /lowest number available on the way: 2 of 3/);
    assert.equal(await page.id("apply-state").innerText(), "1 change, not applied");
    assert.equal(await page.pods('[data-revision="1"]').count(), 3, "nothing was done");
    await line(page, "hole").locator("summary").click();
    assert.match(await line(page, "hole").innerText(), /master01/);
    await page.speed(10);
    await page.id("apply").click();
    await planned(page, "same");
    await page.until("pods of revision 2", async () => (await page.pods('[data-revision="2"]').count()) === 3);
    await closed(page);
  },

  async "plan: a broken image does not settle; an invalid text is refused; undone, there is no plan"(site) {
    const page = await opened(site);
    const text = (await page.text()).trimEnd();
    await page.type(text.replace(":1.20", ":missing"));
    await planned(page);
    assert.match(await line(page, "trouble").innerText(), /1 pod not ready: ImagePullBackOff/);
    assert.match(await line(page, "old").innerText(), /2 pods with the old template still/);
    assert.match(await line(page, "unsettled").innerText(), /not settled after/);
    await page.type(text.replace("tolerations:", "tolerationz:"));
    await planned(page, "refused");
    const message = page.id("diagnostic").first();
    assert.match(await message.innerText(), /unknown field "spec\.template\.spec\.tolerationz"\s+Did you mean tolerations\?/);
    assert.equal(await message.getAttribute("data-line"), "17");
    await page.type(text);
    await planned(page, "same");
    assert.equal(await page.id("diagnostic").count(), 0);
    await closed(page);
  },

  async "plan: a deed elsewhere makes it anew"(site) {
    const page = await opened(site);
    const text = (await page.text()).trimEnd();
    await page.type(text.replace(":1.20", ":1.21"));
    assert.match(await planned(page), /3 pods replaced/);
    await page.console("kubectl taint nodes worker01 a=b:NoExecute");
    await page.until("a plan for two", async () => /2 pods replaced/.test(await page.id("plan").innerText()));
    assert.match(await page.id("plan").innerText(), /2 nodes not eligible/);
    await closed(page);
  },

  async "plan: other kinds, and the difference"(site) {
    const page = await opened(site);
    await page.file("nginx-ns.yaml");
    assert.match(await planned(page), /namespace\/nginx-ds created/);
    assert.equal(await page.id("apply-state").innerText(), "not applied yet");
    await page.file("nginx-ds.yaml");
    await planned(page, "refused");
    assert.match(await page.id("diagnostic").innerText(), /namespaces "nginx-ds" not found/);
    await page.file("fluentd-elasticsearch.yaml");
    const text = (await page.text()).trimEnd();
    await page.type(text.replace("cpu: 100m", "cpu: 200m"));
    await page.id("diff-toggle").click();
    const shown = await page.id("diff").innerText();
    assert.match(shown, /cpu: 100m/);
    assert.match(shown, /cpu: 200m/);
    assert.equal(await page.page.locator('[data-change="come"]').count(), 1);
    await page.id("diff-toggle").click();
    assert.equal(await page.id("diff").count(), 0);
    await closed(page);
  },

  async "plan: apply at a later moment"(site) {
    const page = await opened(site);
    const text = (await page.text()).trimEnd();
    await page.type(text.replace(":1.20", ":1.21"));
    const at = Math.floor(await page.seconds()) + 30;
    await page.id("apply-later").click();
    await page.id("ask-field").fill("1");
    await page.id("ask-yes").click();
    assert.match(await page.id("ask").innerText(), /not in the future/);
    await page.id("ask-field").fill(String(at));
    await page.id("ask-yes").click();
    await page.id("later").filter({ hasText: "fluentd-elasticsearch.yaml" }).waitFor();
    await page.speed(10);
    await page.until("revision 2", async () => (await page.page.locator('[data-testid="revision"][data-number="2"]').count()) === 1);
    assert.ok((await page.seconds()) >= at - 1);
    assert.equal(await page.id("later").count(), 0);
    // Time rewound before it and led another way: it comes again, unless it is cancelled.
    await page.id("timeline").fill(String(at - 5));
    await page.taint("worker01", "other", "way", "NoSchedule");
    await page.id("later").waitFor();
    await page.play();
    await page.until("again", async () => (await page.page.locator('[data-testid="revision"][data-number="2"]').count()) === 1);
    assert.equal(await page.id("later").count(), 0);
    await page.id("apply-later").click();
    await page.id("ask-field").fill(String(at + 500));
    await page.id("ask-yes").click();
    await page.id("later-cancel").click();
    await page.id("later").waitFor({ state: "detached" });
    await closed(page);
  },

  async "files go back with the deed that changed them, and forth again"(site) {
    const page = await opened(site);
    await page.console("kubectl create ns filed -o yaml > made.yaml; kubectl label node worker01 x=y");
    const tab = page.page.locator('[data-testid="file"][data-name="made.yaml"]');
    await tab.waitFor();
    await page.id("undo-deed").click();
    await tab.waitFor({ state: "detached" });
    await page.id("redo-deed").click();
    await tab.waitFor();
    await closed(page);
  },
};
