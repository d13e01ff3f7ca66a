// Bundles style/index.css into one sheet and editor/index.js into one module, for index.html to copy.
import { build } from "esbuild";

const shared = { bundle: true, minify: true, logLevel: "warning", legalComments: "none" };
await Promise.all([
  build({ ...shared, entryPoints: ["style/index.css"], outfile: "target/page-assets/style.css" }),
  build({
    ...shared,
    entryPoints: ["editor/index.js"],
    outfile: "target/page-assets/editor.js",
    format: "esm",
    target: "es2022",
  }),
]);
