// Bad input: refused with the right sentence on the right line; the last good state stays, the page stays alive.
import assert from "node:assert/strict";

const alias = (depth) => {
  let text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (let i = 1; i <= depth; i += 1) {
    const item = `*a${i - 1}`;
    text += `a${i}: &a${i} [${Array(9).fill(item).join(", ")}]\n`;
  }
  return text;
};

/** What to type, the line that the message stands on (0: any), and what it says. */
const rows = {
  "text that is not YAML": [
    (text) => text.replace("kind: DaemonSet", "kind: DaemonSet: again"),
    2,
    /mapping values are not allowed in this context/,
  ],
  "an unknown field": [
    (text) => text.replace("spec:\n", "spec:\n  replicas: 3\n"),
    9,
    /unknown field "spec\.replicas"/,
  ],
  "a wrong type": [
    (text) => text.replace("spec:\n", "spec:\n  minReadySeconds: soon\n"),
    0,
    /unrecognized type: int32/,
  ],
  "a value that validation refuses": [
    (text) => text.replace("        memory: 200Mi", "        memory: 200Mi").replace("name: varlog\n          mountPath", "name: Var_Log\n          mountPath"),
    0,
    /is invalid|Not found/,
  ],
  "a document of another kind": [() => "kind: Frobnicator\napiVersion: example.com/v1\nmetadata:\n  name: x\n", 0, /no matches for kind "Frobnicator"/],
  "an alias bomb": [() => alias(9), 0, /./],
  "five megabytes": [() => `# ${"x".repeat(5 << 20)}\n`, 0, /./],
};

export const journeys = Object.fromEntries(
  Object.entries(rows).map(([name, [change, line, says]]) => [
    `refused: ${name}`,
    async (site) => {
      const page = await site.open();
      await page.settled(3);
      const text = await page.text();
      await page.apply(change(text));
      const message = page.id("diagnostic").first();
      await message.waitFor();
      assert.match(await message.innerText(), says);
      if (line) assert.equal(Number(await message.getAttribute("data-line")), line);
      await page.id("step-second").click();
      await page.settled(3);
      assert.equal(await page.pods('[data-revision="1"]').count(), 3);
      await page.apply(text);
      await page.until("the messages go", async () => (await page.id("diagnostic").count()) === 0);
      await page.page.context().close();
    },
  ]),
);
