// The page's last words. WebAssembly that has trapped answers no more, so what is needed then is kept here.
const playground = {
  /** The document of the page, as links hold it; empty as long as nobody has done anything. */
  link: "",
  /** The moment that was shown last. */
  seconds: 0,
  /** What was being done. */
  doing: "",
  words: {},
  over: false,
  crash(message) {
    if (playground.over) return;
    playground.over = true;
    show(String(message));
  },
};
globalThis.playground = playground;

const address = (part) => `${location.href.split("#")[0]}#${part}`;

function element(name, text, properties = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  Object.assign(made, properties);
  return made;
}

function leave(to) {
  location.href = to;
  location.reload();
}

function show(message) {
  const { title, text, doing, link, copy, on, fresh } = playground.words;
  const field = element("textarea", address(playground.link), { readOnly: true, rows: 4 });
  field.setAttribute("aria-label", link);
  field.dataset.testid = "crash-link";
  const take = element("button", copy);
  take.addEventListener("click", () => {
    field.select();
    navigator.clipboard?.writeText(field.value).catch(() => {});
  });
  const go = element("button", on, { className: "primary" });
  go.dataset.testid = "crash-on";
  go.addEventListener("click", () => {
    leave(address(`${playground.link}&t=${playground.seconds}&paused`));
  });
  const anew = element("button", fresh);
  anew.dataset.testid = "crash-fresh";
  anew.addEventListener("click", () => {
    try {
      sessionStorage.setItem("fresh", "1");
    } catch {
      // Without storage there is no work of before either.
    }
    leave(location.href.split("#")[0]);
  });
  const main = element("main", "", { className: "crash" });
  main.dataset.testid = "crash";
  const row = element("div", "", { className: "row wrap" });
  row.append(go, take, anew);
  main.append(element("h1", title), element("p", text));
  if (playground.doing) main.append(element("p", `${doing} ${playground.doing}`));
  main.append(element("pre", message), element("h2", link), field, row);
  document.body.replaceChildren(main);
  go.focus();
}

/** A trap without a panic's message: memory, stack. */
function trapped(error) {
  return error instanceof WebAssembly.RuntimeError;
}

addEventListener("error", (event) => {
  if (trapped(event.error)) playground.crash(event.message || event.error);
});
addEventListener("unhandledrejection", (event) => {
  if (trapped(event.reason)) playground.crash(event.reason);
});
