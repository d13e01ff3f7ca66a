// The time line: undo and redo, branches, comparing, jumps.
import assert from "node:assert/strict";

async function closed(page) {
  assert.deepEqual(page.faults, []);
  await page.page.context().close();
}

async function opened(site) {
  const page = await site.open();
  await page.settled(3);
  await page.pause();
  return page;
}

async function go(page, way) {
  await page.id("jumps").click();
  await page.id(way).click();
}

export const journeys = {
  async "undo and redo are moves on the time line"(site) {
    const page = await opened(site);
    await page.taint("worker01", "one", "x", "NoSchedule");
    await page.id("step-second").click();
    await page.taint("worker02", "two", "x", "NoSchedule");
    const end = await page.seconds();
    await page.page.locator("h1").click();
    await page.page.keyboard.press("Control+z");
    await page.chip("worker02", "two=x:NoSchedule").waitFor({ state: "detached" });
    await page.page.keyboard.press("Control+z");
    await page.chip("worker01", "one=x:NoSchedule").waitFor({ state: "detached" });
    assert.ok((await page.seconds()) < end);
    await page.page.keyboard.press("Control+Shift+z");
    await page.chip("worker01", "one=x:NoSchedule").waitFor();
    await page.id("redo-deed").click();
    await page.chip("worker02", "two=x:NoSchedule").waitFor();
    assert.equal(await page.id("redo-deed").isDisabled(), true);
    await closed(page);
  },

  async "keys of undo leave the text that is typed alone"(site) {
    const page = await opened(site);
    await page.taint("worker01", "one", "x", "NoSchedule");
    await page.id("console-input").fill("kubectl");
    await page.id("console-input").press("Control+z");
    await page.chip("worker01", "one=x:NoSchedule").waitFor();
    await closed(page);
  },

  async "a deed in the past keeps the old future as a branch; both are compared"(site) {
    const page = await opened(site);
    const text = await page.text();
    await page.apply(text.replace(":1.20", ":missing"));
    await page.speed(1000);
    await page.play();
    const before = await page.seconds();
    await page.until("a minute", async () => (await page.seconds()) > before + 60);
    await page.pause();
    await page.id("undo-deed").click();
    await page.taint("worker01", "other", "way", "NoExecute");
    await page.id("branches").click();
    assert.equal(await page.id("branch").count(), 2);
    const old = page.page.locator('[data-testid="branch"][data-id="1"]');
    await old.getByTestId("branch-rename").click();
    await old.getByTestId("branch-name").fill("broken image");
    await old.getByTestId("branch-name").press("Enter");
    await old.filter({ hasText: "broken image" }).waitFor();
    await old.getByTestId("branch-compare").click();
    await page.id("compare").waitFor();
    assert.equal(await page.id("side").count(), 2);
    await page.until("figures", async () => {
      const figures = await page.id("rolled-out").allInnerTexts();
      return figures.length === 2 && figures.every((figure) => figure !== "…");
    });
    assert.equal((await page.id("rolled-out").allInnerTexts())[1], "not rolled out");
    for (let i = 0; i < 8; i += 1) await page.id("step-second").click();
    assert.match(await page.id("differences").innerText(), /[1-9]/);
    await page.id("compare-switch").click();
    await page.id("compare").waitFor({ state: "detached" });
    await go(page, "to-end");
    // Where the line ends, the pull may have failed again a moment ago.
    await page.pods().filter({ hasText: /ImagePullBackOff|ErrImagePull/ }).first().waitFor();
    await page.id("branches").click();
    await page.page.locator('[data-testid="branch"][data-id="2"]').getByTestId("branch-delete").click();
    await page.until("one branch", async () => (await page.id("branch").count()) === 1);
    await closed(page);
  },

  async "jumps go to marks, ends, changes and rest"(site) {
    const page = await opened(site);
    await page.taint("worker01", "one", "x", "NoExecute");
    await go(page, "settle");
    await page.until("rest", async () => (await page.id("play").getAttribute("aria-pressed")) === "false");
    assert.equal(await page.podsOn("worker01").count(), 0);
    assert.equal(await page.id("speed").inputValue(), "1");
    const end = await page.seconds();
    await go(page, "to-start");
    assert.equal(await page.seconds(), 0);
    await go(page, "next-mark");
    const first = await page.seconds();
    await go(page, "next-mark");
    assert.ok((await page.seconds()) > first);
    await go(page, "last-mark");
    assert.equal(await page.seconds(), first);
    await go(page, "to-end");
    assert.equal(await page.seconds(), end);
    await page.node("worker02").click({ position: { x: 20, y: 12 } });
    await go(page, "next-change");
    assert.ok((await page.seconds()) > end);
    await closed(page);
  },

  async "the slider goes by keys and says its value"(site) {
    const page = await opened(site);
    const slider = page.id("timeline");
    await slider.focus();
    const before = await page.seconds();
    await page.page.keyboard.press("ArrowLeft");
    assert.ok(Math.abs((await page.seconds()) - before + 1) < 0.01);
    await page.page.keyboard.press("Home");
    assert.equal(await page.seconds(), 0);
    assert.match(await slider.getAttribute("aria-valuetext"), /^t\+0\.0s/);
    await page.page.keyboard.press("End");
    await page.until("a mark is said", async () => /fluentd/.test(await slider.getAttribute("aria-valuetext")));
    const box = await slider.boundingBox();
    await page.page.mouse.move(box.x + 3, box.y + 10);
    await page.page.locator(".hint li").first().waitFor();
    await closed(page);
  },

  async "seeking a run of 10,000 events takes at most 50 ms"(site) {
    const page = await opened(site);
    await page.speed(1000);
    await page.play();
    const text = await page.text();
    for (const [i, image] of [":1.21", ":1.22", ":1.23"].entries()) {
      await page.apply(text.replace(":1.20", image));
      await page.until("it rolls", async () => (await page.seconds()) > 400 * (i + 1));
    }
    await page.pause();
    const took = await page.page.evaluate(async () => {
      const slider = document.querySelector('[data-testid="timeline"]');
      const most = Number(document.querySelector('[data-testid="clock"]').dataset.seconds);
      const times = [];
      for (let i = 0; i < 30; i += 1) {
        slider.value = String(((i * 7919) % 1000) / 1000 * most);
        const began = performance.now();
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        times.push(performance.now() - began);
        await new Promise((next) => requestAnimationFrame(next));
      }
      return times.sort((a, b) => a - b);
    });
    console.log(`        seek: median ${took[15].toFixed(1)} ms, worst ${took[29].toFixed(1)} ms`);
    await closed(page);
  },
};
