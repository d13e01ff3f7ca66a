// Commands that open an editor, and pasted transcripts.
import assert from "node:assert/strict";
import { closed, opened } from "./page.mjs";

export const journeys = {
  async "console: kubectl edit opens the page's editor, and saving applies"(site) {
    const page = await opened(site);
    await page.console("kubectl edit ds fluentd-elasticsearch -n kube-system");
    await page.id("edit-save").waitFor();
    const text = await page.text();
    assert.match(text, /Please edit the object below/);
    await page.type(text.replace(/image: (\S+):1\.20/, "image: $1:1.21"));
    await page.id("edit-save").click();
    await page.until("the answer", async () =>
      /daemonset\.apps\/fluentd-elasticsearch edited/.test(await page.id("console-output").innerText()));
    await page.page.locator('[data-testid="revision"][data-number="2"][data-current="true"]').waitFor();
    assert.equal(await page.id("edit-save").count(), 0);
    await page.console("kubectl edit ds fluentd-elasticsearch -n kube-system");
    await page.id("edit-drop").click();
    await page.until("nothing changed", async () => /Edit cancelled, no changes made/.test(await page.id("console-output").innerText()));
    await closed(page);
  },

  async "console: vim opens a file in the page's editor"(site) {
    const page = await opened(site);
    await page.console("vim notes.yaml");
    await page.id("edit-save").waitFor();
    await page.type("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: from-vim\n");
    await page.id("edit-save").click();
    await page.id("edit-save").waitFor({ state: "detached" });
    await page.console("kubectl apply -f notes.yaml");
    await page.until("the answer", async () => /namespace\/from-vim created/.test(await page.id("console-output").innerText()));
    await closed(page);
  },

  async "console: what vim has saved is undone and done again, alone and with the command behind it"(site) {
    const page = await opened(site);
    const file = page.page.locator('[data-testid="file"][data-name="notes.yaml"]');
    const edit = async (line, text) => {
      await page.console(line);
      await page.id("edit-save").waitFor();
      await page.type(text);
      await page.id("edit-save").click();
      await page.id("edit-save").waitFor({ state: "detached" });
    };
    const shown = (pattern) => page.until(`${pattern} in the editor`, async () => pattern.test(await page.text()));
    await edit("vim notes.yaml", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: one\n");
    await edit("vim notes.yaml && kubectl apply -f notes.yaml", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: two\n");
    await page.printed(/namespace\/two created/);
    await page.id("undo-deed").click();
    await shown(/name: one/);
    await page.console("kubectl get ns two");
    await page.printed(/namespaces "two" not found/);
    await page.id("undo-deed").click();
    await file.waitFor({ state: "detached" });
    await page.id("redo-deed").click();
    await file.click();
    await shown(/name: one/);
    await page.id("redo-deed").click();
    await shown(/name: two/);
    await page.console("vim other.yaml");
    await page.id("edit-drop").click();
    await page.until("a file given up is no file", async () =>
      (await page.page.locator('[data-testid="file"][data-name="other.yaml"]').count()) === 0);
    await closed(page);
  },

  async "console: a pasted transcript is run line by line, without its prompts and output"(site) {
    const page = await opened(site);
    await page.id("console-input").focus();
    await page.id("console-input").evaluate((input) => {
      const data = new DataTransfer();
      data.setData("text", "$ kubectl create ns one\nnamespace/one created\n$ kubectl label node worker01 \\\n    tier=a\nnode/worker01 labeled\n");
      input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await page.node("worker01").getByTestId("label").filter({ hasText: "tier=a" }).waitFor();
    const printed = await page.printed(/node\/worker01 labeled/);
    assert.equal(printed.match(/namespace\/one created/g).length, 1);
    await closed(page);
  },

  async "editor: words have their colors, a new line its indentation, and Ctrl-/ its comment"(site) {
    const page = await opened(site);
    await page.type("a: 'b' # c\nscript: |\n  if: d\n\n  e\nlist: [f]\n");
    const words = async (kind) => page.id("editor").locator(`.cm-yaml-${kind}`).allInnerTexts();
    assert.deepEqual(await words("key"), ["a", "script", "list"]);
    assert.deepEqual(await words("string"), ["'b'", "if: d", "e", "f"]);
    assert.deepEqual(await words("comment"), ["# c"]);
    assert.deepEqual(await words("dim"), [":", ":", "|", ":", "[", "]"]);
    await page.type("");
    await page.id("editor").click();
    const { keyboard } = page.page;
    for (const line of ["spec:", "containers:", "- name: a", "env:", "- name: b"]) {
      await keyboard.type(line);
      await keyboard.press("Enter");
    }
    await keyboard.press("Control+/");
    const wanted = "spec:\n  containers:\n    - name: a\n      env:\n        - name: b\n          ";
    await page.until("the indented text", async () => (await page.text()).trimEnd().startsWith(wanted.trimEnd()));
    assert.match(await page.text(), /\n {10}# ?\s*$/);
    await closed(page);
  },
};
