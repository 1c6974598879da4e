// @ts-check
/**
 * The queue of leads that may be one: j and k walk it, 1 and 2 choose a side for the field in
 * focus, m merges, x says that they are two, u takes the last of these back.
 */
import { $, $$, announce, api, hotkey, on, reason, toast } from "./dom.js";
import { openLead } from "./drawer.js";
import { refreshRegion } from "./forms.js";

/** Takes back what was done last. @type {(() => Promise<void>) | null} */
let takeBack = null;

const form = () => /** @type {HTMLFormElement | null} */ ($(".twins-pair"));

/** @param {number} by */
function step(by) {
  const links = $$(".twins-queue li a");
  const at = links.findIndex((link) => link.ariaCurrent);
  const next = links[at + by];
  if (!next) return false;
  show(/** @type {HTMLAnchorElement} */ (next).href);
}

/** @param {string} url */
async function show(url) {
  history.replaceState(null, "", url);
  await refreshRegion();
  $("#twins-title")?.focus();
}

/** Where the queue goes on when this pair is done. */
function nextURL() {
  const links = /** @type {HTMLAnchorElement[]} */ ($$(".twins-queue li a"));
  const at = links.findIndex((link) => link.ariaCurrent);
  return (links[at + 1] ?? links[at - 1])?.href ?? location.pathname + location.search;
}

/** @param {string} side */
function choose(side) {
  const row = /** @type {HTMLElement | null} */ (document.activeElement)?.closest(
    ".differs, .twins-heads",
  );
  const box = /** @type {HTMLInputElement | null} */ (row && $(`[value="${side}"]`, row));
  if (!box) return false;
  box.checked = true;
  box.focus();
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

/** @param {string} words @param {string} back @param {string} method */
async function done(words, back, method, url = nextURL()) {
  takeBack = async () => {
    takeBack = null;
    try {
      const answer = await api(method, back);
      const kept = answer?.kept?.length ? `; ${answer.kept.join(", ")} changed since and stay` : "";
      toast(`Undone${kept}`);
      await refreshRegion();
    } catch (error) {
      toast(reason(error));
    }
  };
  toast(words, { label: "Undo", run: () => takeBack?.() });
  announce(words);
  await show(url);
}

async function merge() {
  const pair = form();
  const button = /** @type {HTMLButtonElement | null} */ (pair && $("[type=submit]", pair));
  if (!pair || !button || button.disabled) return;
  const { first, second } = pair.dataset;
  const ids = /** @type {Record<string, string>} */ ({ first, second });
  const data = new FormData(pair);
  const into = String(data.get("into"));
  const gone = into === "first" ? ids.second : ids.first;
  data.delete("into");
  /** @type {Record<string, string>} */
  const picked = {};
  for (const [field, side] of data) picked[field] = ids[String(side)];
  button.dataset.busy = "";
  try {
    const url = nextURL();
    const answer = await api("POST", `/leads/${gone}/merge`, { into: ids[into], choose: picked });
    await done("Merged", `/merges/${answer.merge}/undo`, "POST", url);
  } catch (error) {
    toast(reason(error));
  } finally {
    delete button.dataset.busy;
  }
}

async function dismiss() {
  const id = form()?.dataset.pair;
  if (!id) return false;
  try {
    const url = nextURL();
    await api("POST", `/duplicates/${id}/dismissal`);
    await done(
      "Not the same; it will not be proposed again",
      `/duplicates/${id}/dismissal`,
      "DELETE",
      url,
    );
  } catch (error) {
    toast(reason(error));
  }
}

on("submit", ".twins-pair", (_, event) => {
  event.preventDefault();
  merge();
});
on("click", "[data-dismiss]", dismiss);
on("click", ".twins-head [data-open]", (el, event) => {
  if (event instanceof MouseEvent && (event.metaKey || event.ctrlKey)) return;
  event.preventDefault();
  openLead(String(el.dataset.open));
});
// What stays gives its values, but where somebody has chosen.
on(
  "change",
  ".twins-pair [data-field]",
  (el) => el.closest(".differs")?.toggleAttribute("data-chosen", true),
);
on("change", ".twins-pair [name=into]", (el) => {
  const side = /** @type {HTMLInputElement} */ (el).value;
  for (const box of $$(`.differs:not([data-chosen]) [value="${side}"]`)) {
    /** @type {HTMLInputElement} */ (box).checked = true;
  }
});
hotkey("j", () => step(1));
hotkey("k", () => step(-1));
hotkey("1", () => choose("first"));
hotkey("2", () => choose("second"));
hotkey("m", () => void merge());
hotkey("x", () => void dismiss());
hotkey("u", () => takeBack ? void takeBack() : false);
document.addEventListener("lead:changed", () => refreshRegion());
