// The main job, as a person does it: one journey for each thing that can be done.
import assert from "node:assert/strict";

const workers = ["worker01", "worker02", "worker03"];

async function opened(site, speed = 4) {
  const page = await site.open();
  await page.settled(3);
  await page.speed(speed);
  return page;
}

/** Every journey ends with a browser that had nothing to complain about. */
async function closed(page) {
  assert.deepEqual(page.faults, []);
  await page.page.context().close();
}

export const journeys = {
  async "the page opens on a running cluster, and the empty slot says why"(site) {
    const page = await site.open();
    await page.settled(3);
    for (const name of workers) assert.equal(await page.podsOn(name).count(), 1);
    assert.equal(await page.podsOn("master01").count(), 0);
    const slot = page.page.locator('[data-testid="slot"][data-node="master01"]');
    assert.match(await slot.getAttribute("data-reason"), /taint not tolerated/);
    await slot.click();
    assert.match(await page.page.locator("aside.why").innerText(), /node-role\.kubernetes\.io\/control-plane:NoSchedule/);
    assert.match(await page.text(), /name: fluentd-elasticsearch/);
    const before = await page.seconds();
    await page.until("the clock goes on", async () => (await page.seconds()) > before + 0.5);
    await closed(page);
  },

  async "a second manifest is opened from the list and applied"(site) {
    const page = await opened(site);
    await page.file("nginx-ns.yaml");
    await page.apply();
    await page.file("nginx-ds.yaml");
    assert.match(await page.text(), /k8s-app: nginx/);
    await page.apply();
    await page.until("nginx pods", async () =>
      (await page.pods('[data-daemonset="nginx-ds"][data-state="available"]').count()) === 3);
    assert.equal(await page.pods('[data-daemonset="fluentd-elasticsearch"]').count(), 3);
    await closed(page);
  },

  async "a NoSchedule taint keeps the running pod and stops a new one"(site) {
    const page = await opened(site);
    await page.taint("worker01", "dedicated", "infra", "NoSchedule");
    await page.id("step-second").click();
    assert.equal(await page.podsOn("worker01").count(), 1);
    // As on the real thing: nothing syncs the set, so its counters stay until something else does.
    assert.equal((await page.counters()).misscheduled, 0);
    await page.play();
    await page.podsOn("worker01").click();
    await page.id("pod-delete").click();
    await page.page.locator('[data-testid="slot"][data-node="worker01"]').waitFor();
    assert.equal((await page.counters()).desired, 2);
    await page.untaint("worker01", "dedicated=infra:NoSchedule");
    await page.settled(3);
    await closed(page);
  },

  async "a NoExecute taint evicts, and its removal brings the pod back"(site) {
    const page = await opened(site);
    const before = await page.podsOn("worker02").getAttribute("data-name");
    await page.taint("worker02", "maintenance", "now", "NoExecute");
    await page.page.locator('[data-testid="slot"][data-node="worker02"]').waitFor();
    await page.untaint("worker02", "maintenance=now:NoExecute");
    await page.settled(3);
    assert.notEqual(await page.podsOn("worker02").getAttribute("data-name"), before);
    await closed(page);
  },

  async "a PreferNoSchedule taint moves nothing"(site) {
    const page = await opened(site);
    await page.taint("worker03", "soft", "yes", "PreferNoSchedule");
    await page.id("step-second").click();
    assert.equal((await page.counters()).desired, 3);
    assert.equal(await page.podsOn("worker03").count(), 1);
    await page.untaint("worker03", "soft=yes:PreferNoSchedule");
    await closed(page);
  },

  async "a new image rolls out node by node, and undo brings 1 back as 3"(site) {
    const page = await opened(site, 1);
    const text = await page.text();
    await page.pause();
    await page.apply(text.replace(":1.20", ":1.21"));
    await page.page.locator('[data-testid="answer"]').filter({ hasText: "configured" }).waitFor();
    let worst = 3;
    await page.until("the rollout is complete", async () => {
      for (let i = 0; i < 12; i += 1) await page.id("step-event").click();
      const counters = await page.counters();
      worst = Math.min(worst, counters.available);
      const rolled = (await page.pods('[data-revision="2"]').count()) === 3;
      return rolled && counters.updated === 3 && counters.available === 3;
    }, 60_000);
    assert.ok(worst >= 2, `maxUnavailable is 1, ${worst} were available`);
    assert.equal(await page.pods('[data-revision="2"]').count(), 3);
    await page.play();
    await page.speed(4);
    await page.page.locator('[data-testid="revision"][data-number="1"] [data-testid="undo"]').click();
    await page.page.locator('[data-testid="revision"][data-number="3"][data-current="true"]').waitFor();
    await page.until("pods of revision 3", async () => (await page.pods('[data-revision="3"]').count()) === 3);
    const numbers = await page.id("revision").evaluateAll((list) => list.map((e) => e.dataset.number));
    assert.deepEqual(numbers, ["3", "2"], "not 1 but 3");
    await page.id("undo").first().click();
    await page.page.locator('[data-testid="revision"][data-number="4"][data-current="true"]').waitFor();
    await closed(page);
  },

  async "a broken image stops the rollout, and the counters say so"(site) {
    const page = await opened(site);
    const text = await page.text();
    await page.apply(text.replace(":1.20", ":missing"));
    const stuck = page.pods('[data-state="creating"]').filter({ hasText: "ImagePullBackOff" });
    await stuck.waitFor();
    await page.speed(30);
    const before = await page.seconds();
    await page.until("a minute goes by", async () => (await page.seconds()) > before + 60);
    const { desired, updated, available } = await page.counters();
    assert.deepEqual({ desired, updated, available }, { desired: 3, updated: 1, available: 2 });
    await page.id("undo").first().click();
    await page.settled(3);
    await closed(page);
  },

  async "nodes come and go, a deleted pod is replaced, a dead kubelet keeps its pod"(site) {
    const page = await opened(site, 10);
    await page.id("add-node").click();
    await page.node("worker04").waitFor();
    await page.settled(4);
    await page.nodeMenu("worker04", "node-delete");
    await page.node("worker04").waitFor({ state: "detached" });
    await page.settled(3);
    const name = await page.podsOn("worker01").getAttribute("data-name");
    await page.podsOn("worker01").click();
    await page.id("pod-delete").click();
    await page.until("another pod", async () => {
      const names = await page.podsOn("worker01").evaluateAll((list) => list.map((e) => e.dataset.name));
      return names.length === 1 && names[0] !== name;
    });
    await page.settled(3);
    await page.nodeMenu("worker03", "node-stop");
    await page.speed(100);
    await page.page.locator('[data-testid="node"][data-name="worker03"][data-ready="false"]').waitFor();
    assert.equal(await page.podsOn("worker03").count(), 1);
    await page.nodeMenu("worker03", "node-start");
    await page.page.locator('[data-testid="node"][data-name="worker03"][data-ready="true"]').waitFor();
    await page.nodeMenu("worker02", "node-cordon");
    await page.page.locator('[data-testid="node"][data-name="worker02"][data-cordoned="true"]').waitFor();
    await closed(page);
  },

  async "time is paused, stepped, sped up, rewound and gone on from"(site) {
    const page = await site.open();
    await page.settled(3);
    await page.pause();
    const paused = await page.seconds();
    await page.page.waitForTimeout(300);
    assert.equal(await page.seconds(), paused);
    await page.id("step-second").click();
    assert.ok(Math.abs((await page.seconds()) - paused - 1) < 0.002);
    await page.id("step-event").click();
    assert.ok((await page.seconds()) >= paused + 1);
    const text = await page.text();
    await page.apply(text.replace(":1.20", ":1.21"));
    await page.speed(1000);
    await page.play();
    await page.until("many seconds", async () => (await page.seconds()) > paused + 600);
    await page.pause();
    assert.equal(await page.pods('[data-revision="2"]').count(), 3);
    await page.id("timeline").fill("10");
    assert.ok(Math.abs((await page.seconds()) - 10) < 0.1);
    assert.equal(await page.pods('[data-revision="1"]').count(), 3);
    await page.speed(4);
    await page.play();
    await page.taint("worker01", "branch", "here", "NoExecute");
    await page.page.locator('[data-testid="slot"][data-node="worker01"]').waitFor();
    assert.equal((await page.counters()).desired, 2);
    await closed(page);
  },

  async "the console answers as kubectl does"(site) {
    const page = await opened(site);
    await page.console("kubectl get ds -A | grep fluentd | wc -l");
    await page.console("kubectl taint nodes worker01 a=b:NoSchedule");
    await page.chip("worker01", "a=b:NoSchedule").waitFor();
    await page.console("kubectl frobnicate");
    const printed = await page.printed(/unknown command/);
    assert.match(printed, /^1$/m);
    assert.match(printed, /node\/worker01 tainted/);
    assert.match(printed, /error: unknown command "frobnicate" for "kubectl"/);
    await closed(page);
  },
};
