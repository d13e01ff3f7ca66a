// The bindings that wasm-bindgen writes for the page's module, made part of a module of ours.
import { build } from "esbuild";

/** Where the release page's module and its bindings are kept as they were before the cut. */
export const whole = "target/page-assets/whole";

/** Replaces what has to be there. */
export function swap(text, from, to) {
  if (!from.test(text)) throw new Error(`bindings: they have changed: no ${from}`);
  return text.replace(from, to);
}

/** The bindings without their exports; the module imports `more` as well, where there is more, and knows things by shorter `names`
 *  (scripts/split.mjs). */
export function bindings(glue, more, names) {
  let told = swap(glue, /^export \{.*$/m, "").replace(/^export /gm, "");
  if (more) told = swap(told, /return \{\s+__proto__: null,/, `return { ${more},`);
  if (!names) return told;
  const handed = (text, name) => (names.imports.has(name) ? ` "${names.imports.get(name)}":` : text);
  const called = (text, name) => (names.exports.has(name) ? `wasm.${names.exports.get(name)}` : text);
  return swap(told, /"\.\/[\w-]+_bg\.js": import0/, "b: import0")
    .replace(/(?<=^ {7}) (\w+):/gm, handed)
    .replace(/\bwasm\.(\w+)/g, called);
}

/** One file for the browser. */
export async function script(contents, options) {
  const stdin = { contents, resolveDir: "src/app" };
  const result = await build({ stdin, write: false, format: "esm", target: "es2022", ...options });
  return result.outputFiles[0].contents;
}
