// @ts-check
/** The record drawer: a lead page's own content, over whatever list it came from. */
import { $, $$, fragment, hotkey, inTurn, on, reason, swapParts, toast } from "./dom.js";

const drawer = /** @type {HTMLDialogElement | null} */ ($("#drawer"));
/** @type {HTMLElement | null} */
let opener = null;

/** Fragments asked for ahead of a click, kept 15 s. @type {Map<string, Promise<string>>} */
const warm = new Map();

/** @param {string} id @returns {Promise<string>} */
function load(id) {
  const known = warm.get(id);
  if (known) return known;
  const html = fragment(`/leads/${id}`);
  warm.set(id, html);
  setTimeout(() => warm.delete(id), 15_000);
  html.catch(() => warm.delete(id));
  return html;
}

/** The open record: in the drawer, or the page's own. @returns {HTMLElement | null} */
export const openRecord = () =>
  $("#drawer[open] article[data-lead]") ?? $("main article[data-lead]");

/**
 * @param {string} id @param {HTMLElement | null} [from] where focus returns on closing
 * @returns {Promise<boolean>} false when it could not be loaded
 */
export async function openLead(id, from = null) {
  if (!drawer) return false;
  if (!drawer.open) opener = from ?? /** @type {HTMLElement} */ (document.activeElement);
  drawer.dataset.id = id;
  mark(id);
  const slow = setTimeout(() => show(""), 120);
  try {
    const html = await load(id);
    clearTimeout(slow);
    if (drawer.dataset.id !== id) return false;
    show(html);
  } catch (error) {
    clearTimeout(slow);
    closeDrawer();
    toast(reason(error));
    return false;
  }
  if (from) opener = from;
  history.replaceState(history.state, "", `#lead=${id}`);
  $("h2", drawer).focus({ preventScroll: true });
  return true;
}

/** @param {string} html empty while it loads */
function show(html) {
  if (!drawer) return;
  drawer.classList.toggle("loading", !html);
  drawer.innerHTML = html;
  const name = $("article", drawer)?.dataset.name;
  drawer.setAttribute("aria-label", name ?? "Lead");
  if (!drawer.open) drawer.show();
}

/** Shows in the list which record is open. @param {string | null} id */
function mark(id) {
  for (const el of $$("[data-record][aria-current]")) el.removeAttribute("aria-current");
  if (id) $(`[data-record][data-id="${CSS.escape(id)}"]`)?.setAttribute("aria-current", "true");
}

export function closeDrawer() {
  if (!drawer?.open) return;
  const id = drawer.dataset.id;
  drawer.close();
  delete drawer.dataset.id;
  mark(null);
  history.replaceState(history.state, "", location.pathname + location.search);
  const back = $(`[data-record][data-id="${id}"]`) ?? (opener?.isConnected ? opener : null);
  back?.focus({ preventScroll: true });
}

/** Opens the next or previous record of the list behind. @param {number} step */
function neighbour(step) {
  if (!drawer?.open) return false;
  const all = $$("[data-record]");
  const at = all.findIndex((el) => el.dataset.id === drawer.dataset.id);
  const next = all[at + step];
  if (!next) return true;
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
  openLead(String(next.dataset.id), next);
  const after = all[at + 2 * step];
  if (after) load(String(after.dataset.id)).catch(() => {});
  return true;
}

/** Reads the open record again, keeping what is being typed. */
export const refreshRecord = inTurn(async () => {
  const open = openRecord()?.dataset.lead;
  if (!open) return;
  warm.delete(open);
  try {
    const html = await load(open);
    const record = openRecord();
    if (record?.dataset.lead === open) swapParts(record, html);
  } catch (error) {
    toast(reason(error));
  }
});

export function startDrawer() {
  let pointed = 0;
  on("pointerover", "[data-record]", (el) => {
    clearTimeout(pointed);
    // Only where the pointer rests: sweeping over a list must not load it all.
    if (!$(".dragging")) {
      pointed = setTimeout(() => load(String(el.dataset.id)).catch(() => {}), 70);
    }
  });
  on("click", "[data-step]", (el) => neighbour(Number(el.dataset.step)));
  hotkey("j", () => neighbour(1));
  hotkey("k", () => neighbour(-1));
  on("click", "[data-open]", (el, event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    openLead(String(el.dataset.open), el.closest("[data-record]"));
  });
  on("click", "[data-close]", closeDrawer);
  on("click", "main, .side", (_, event) => {
    const inside = /** @type {Element} */ (event.target).closest(
      "[data-open], [data-record], button, a, input",
    );
    if (!inside && !event.defaultPrevented) closeDrawer();
  });
  hotkey("Escape", () => {
    if (!drawer?.open || $("dialog:modal")) return false;
    closeDrawer();
  });
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.key !== "Enter" || !(target instanceof HTMLElement)) return;
    if (target.matches("[data-record]")) openLead(String(target.dataset.id), target);
  });
  const forget = (/** @type {Event} */ event) => {
    const { id, into, html } = /** @type {CustomEvent} */ (event).detail;
    warm.delete(id);
    if (html !== null) {
      if (openRecord()?.dataset.lead === id) refreshRecord();
      return;
    }
    if (drawer?.dataset.id !== id) return;
    closeDrawer();
    if (!into) {
      return toast("This lead was given to somebody else and is no longer yours to see.");
    }
    toast("This lead is part of another one now.", { label: "Open", run: () => openLead(id) });
  };
  document.addEventListener("lead:changed", forget);
  document.addEventListener("live:lead", forget);
  for (const name of ["live:resync", "lead:undone"]) {
    document.addEventListener(name, () => {
      warm.clear();
      refreshRecord();
    });
  }
  const linked = /^#lead=([\w-]+)$/.exec(location.hash);
  if (linked) openLead(linked[1], $(`[data-record][data-id="${linked[1]}"]`));
}
