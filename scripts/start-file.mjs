// Moves Trunk's inline start script into a file: `script-src 'self'` allows no inline script.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const dist = process.env.TRUNK_STAGING_DIR ?? "dist";
const page = join(dist, "index.html");
const html = await readFile(page, "utf8");
const inline = /<script type="module"[^>]*>([\s\S]+?)<\/script>/;
const found = html.match(inline);
if (!found) {
  throw new Error("start-file: index.html has no inline module script to move");
}
const name = `start-${createHash("sha256").update(found[1]).digest("hex").slice(0, 16)}.js`;
await writeFile(join(dist, name), `${found[1].trim()}\n`);
const moved = html.replace(inline, `<script type="module" src="./${name}"></script>`);
if (/<script(?![^>]*\ssrc=)[^>]*>|<style|\son[a-z]+=|\sstyle=/.test(moved)) {
  throw new Error("start-file: index.html still has an inline script or style");
}
await writeFile(page, moved);
