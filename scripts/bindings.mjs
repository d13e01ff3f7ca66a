// The bindings that wasm-bindgen writes for the page's module, made part of a module of ours.
import { build } from "esbuild";

/** Where the release page's module and its bindings are kept as they were before the cut. */
export const whole = "target/page-assets/whole";

/** Replaces what has to be there. */
export function swap(text, from, to) {
  if (!from.test(text)) throw new Error(`bindings: they have changed: no ${from}`);
  return text.replace(from, to);
}

/** The bindings without their exports; the module imports `more` as well, where there is more. */
export function bindings(glue, more) {
  const told = swap(glue, /^export \{.*$/m, "").replace(/^export /gm, "");
  return more ? swap(told, /return \{\s+__proto__: null,/, `return { ${more},`) : told;
}

/** One file for the browser. */
export async function script(contents, options) {
  const stdin = { contents, resolveDir: "src/app" };
  const result = await build({ stdin, write: false, format: "esm", target: "es2022", ...options });
  return result.outputFiles[0].contents;
}
