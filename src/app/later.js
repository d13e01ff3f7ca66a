// The second half of the page's module: fetched as soon as somebody is there, and at the latest when the first half calls
// for it. `LATER` is its address, empty in a page that is one module (scripts/split.mjs).

/** Whether the page begins with what the first half does not have: something to restore, or another language. */
const special = () => {
  try {
    return location.hash.length > 1 || /lang=zh/.test(location.search) || /^zh/.test(navigator.language) || localStorage.length > 0;
  } catch {
    return false;
  }
};

let first;
let second;
let coming;

/** Both halves see each other once both are there. */
function join() {
  if (!first || !second || first["both:there"].value) return;
  // Functions that the second half needs are called by their places in a table.
  const place = (name) => first["both:needs"].get(parseInt(name, 36));
  const known = new Proxy(first, { get: (all, name) => all[name] ?? place(name) });
  new WebAssembly.Instance(second, { first: known });
  first["both:there"].value = 1;
}

/** Fetches the second half beside what goes on. Without an answer, `load` asks again when it is called for. */
function fetchLater() {
  coming ??= fetch(LATER)
    .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(answer.status)))
    .then(WebAssembly.compile)
    .then((compiled) => {
      second ??= compiled;
      join();
    })
    .catch(() => {
      coming = undefined;
    });
  return coming;
}

/** The bytes now: a call into the second half cannot wait. */
function bytes() {
  const request = new XMLHttpRequest();
  request.open("GET", LATER, false);
  // A request that is waited for may not answer with bytes: each comes as the low half of a character.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status !== 200) throw new Error(String(request.status));
  return Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0) & 255);
}

/** What the first half imports. */
export const later = {
  load() {
    try {
      second ??= new WebAssembly.Module(bytes());
    } catch (error) {
      throw new WebAssembly.RuntimeError(`The rest of the page could not be loaded: ${error.message}`);
    }
    join();
  },
};

/** Hands in what the first half exports. */
export function attach(exports) {
  first = exports;
  join();
  return exports;
}

/** Resolves when the page may begin. */
export const ready = LATER && special() ? fetchLater() : undefined;

if (LATER) {
  const signs = ["pointermove", "pointerdown", "touchstart", "wheel", "keydown", "focusin"];
  const seen = () => {
    for (const sign of signs) removeEventListener(sign, seen, true);
    fetchLater();
  };
  for (const sign of signs) addEventListener(sign, seen, { capture: true, passive: true });
  // Whoever only looks on has it before anything calls for it.
  addEventListener("load", () => setTimeout(seen, 15_000));
}
