// Bundles style/index.css into one sheet and editor/index.js into one module, for index.html to copy.
import { readFile } from "node:fs/promises";
import { build } from "esbuild";

/** The editor's style module writes a style element, which `style-src 'self'` forbids, unless it stands
 *  in a shadow root; a constructed sheet works in a document as well. */
const constructedSheets = {
  name: "constructed-sheets",
  setup({ onLoad }) {
    onLoad({ filter: /style-mod[/\\]src[/\\]style-mod\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const guard = "!root.head && root.adoptedStyleSheets";
      if (!source.includes(guard)) throw new Error("style-mod has changed: look at its StyleSet again");
      return { contents: source.replace(guard, "root.adoptedStyleSheets"), loader: "js" };
    });
  },
};

const shared = { bundle: true, minify: true, logLevel: "warning", legalComments: "none" };
await Promise.all([
  build({ ...shared, entryPoints: ["style/index.css"], outfile: "target/page-assets/style.css" }),
  build({
    ...shared,
    entryPoints: ["editor/index.js"],
    outfile: "target/page-assets/editor.js",
    format: "esm",
    target: "es2022",
    plugins: [constructedSheets],
  }),
]);
