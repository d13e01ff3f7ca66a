// The console as a terminal: keys, history, search, completion, what waits, and time.
import assert from "node:assert/strict";
import { closed, opened } from "./page.mjs";

const printed = (page) => page.id("console-output").innerText();

async function type(page, line) {
  await page.id("console-input").fill(line);
  await page.id("console-input").press("Enter");
}

export const journeys = {
  async "terminal: the output of a command that waits goes with time, and comes again with it"(site) {
    const page = await opened(site);
    await page.pause();
    await type(page, "kubectl get pods -n kube-system -w");
    const before = await page.seconds();
    await type(page, "kubectl rollout restart ds/fluentd-elasticsearch -n kube-system");
    await page.id("step-second").click();
    await page.until("the restart is seen", async () => /Terminating/.test(await printed(page)));
    const late = await printed(page);
    await page.id("timeline").focus();
    await page.page.keyboard.press("Home");
    await page.until("the past", async () => (await page.seconds()) < before);
    const then = await printed(page);
    assert.doesNotMatch(then, /Terminating/);
    assert.ok(then.includes("kubectl rollout restart"), "what was typed stays");
    await page.page.keyboard.press("End");
    await page.until("the present", async () => (await printed(page)) === late);
    for (let i = 0; i < 10; i++) await page.id("step-second").click();
    await page.until("it goes on", async () => (await printed(page)).length > late.length);
    await page.id("console-input").focus();
    await page.page.keyboard.press("Control+c");
    await page.until("ended", async () => /\^C\s*$/.test(await printed(page)));
    const ended = await printed(page);
    for (let i = 0; i < 3; i++) await page.id("step-second").click();
    assert.equal(await printed(page), ended);
    await closed(page);
  },

  async "terminal: another deed in the past drops what lay ahead"(site) {
    const page = await opened(site);
    await page.pause();
    await type(page, "kubectl get pods -n kube-system -w");
    await type(page, "kubectl rollout restart ds/fluentd-elasticsearch -n kube-system");
    for (let i = 0; i < 6; i++) await page.id("step-second").click();
    await page.until("the restart is seen", async () => /Terminating/.test(await printed(page)));
    await page.id("timeline").focus();
    await page.page.keyboard.press("Home");
    await page.until("the past", async () => (await page.seconds()) < 1);
    await type(page, "kubectl label node worker01 a=b");
    await page.until("done", async () => (await printed(page)).includes("node/worker01 labeled"));
    for (let i = 0; i < 30; i++) await page.id("step-second").click();
    assert.doesNotMatch(await printed(page), /Terminating/);
    await closed(page);
  },

  async "terminal: up and down, Ctrl-R and Tab find what was typed and what there is"(site) {
    const page = await opened(site);
    const input = page.id("console-input");
    await type(page, "kubectl get ns");
    await type(page, "kubectl get nodes -o name");
    await input.fill("kubectl ge");
    await input.press("ArrowUp");
    assert.equal(await input.inputValue(), "kubectl get nodes -o name");
    await input.press("ArrowUp");
    assert.equal(await input.inputValue(), "kubectl get ns");
    await input.press("ArrowDown");
    await input.press("ArrowDown");
    assert.equal(await input.inputValue(), "kubectl ge", "the line being typed comes back");
    await input.fill("");
    await input.press("Control+r");
    await input.pressSequentially("get ns");
    await input.press("Enter");
    await page.until("found and run", async () => (await printed(page)).split("kubectl get ns").length === 3);
    await input.fill("kubectl describe node work");
    await input.press("Tab");
    assert.equal(await input.inputValue(), "kubectl describe node worker0");
    await input.press("Tab");
    assert.match(await page.id("console-candidates").innerText(), /worker01 +worker02/);
    await closed(page);
  },

  async "terminal: a command is copied by itself, the transcript as a whole"(site) {
    const page = await opened(site, { permissions: ["clipboard-read", "clipboard-write"] });
    const clipboard = () => page.page.evaluate(() => navigator.clipboard.readText());
    await type(page, "kubectl get ds -A -o name");
    await page.id("copy-command").last().focus();
    await page.page.keyboard.press("Enter");
    await page.until("the command", async () => (await clipboard()) === "kubectl get ds -A -o name");
    await page.id("console-copy").click();
    await page.until("the transcript", async () =>
      (await clipboard()).endsWith("$ kubectl get ds -A -o name\ndaemonset.apps/fluentd-elasticsearch\n"),
    );
    await closed(page);
  },
};
