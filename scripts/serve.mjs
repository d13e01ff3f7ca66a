// serve.mjs [FOLDER] [PORT]: a static file server on 127.0.0.1 with the page's content security policy.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { pathToFileURL } from "node:url";

export const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".yaml": "text/plain; charset=utf-8",
};

/** Serves `root` under `prefix` (for example "/sub/path/"); resolves to the listening server. */
export function serve(root, port, prefix = "/") {
  const server = createServer(async (request, response) => {
    const refuse = (code) => response.writeHead(code).end();
    let path;
    try {
      path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    } catch {
      return refuse(400);
    }
    if (!path.startsWith(prefix)) return refuse(404);
    const inside = normalize(path.slice(prefix.length) || "index.html");
    if (inside.startsWith("..") || inside.startsWith(sep)) return refuse(404);
    const file = join(root, inside);
    const found = await stat(file).catch(() => null);
    if (!found?.isFile()) return refuse(404);
    response.writeHead(200, {
      "content-type": types[extname(file)] ?? "application/octet-stream",
      "content-length": found.size,
      "content-security-policy": policy,
      "cache-control": "no-cache",
    });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [root = "dist", port = "8080"] = process.argv.slice(2);
  try {
    await serve(root, Number(port));
    console.log(`Serving ${root}/ on http://127.0.0.1:${port} (Ctrl-C ends it)`);
  } catch (error) {
    const why = error.code === "EADDRINUSE" ? `port ${port} is in use; try: make serve PORT=8081` : error.message;
    console.error(`serve: ${why}`);
    process.exit(1);
  }
}
