// @ts-check
/** Lists of leads (Leads, Today, Customers): walking, selecting, bulk actions, renewal. */
import { $, $$, announce, hotkey, on } from "./dom.js";
import { refreshPage } from "./moves.js";
import { pickOwner, pickStage } from "./palette.js";
import { assignAll, choices, leadOf, may, mayMove, targetLeads } from "./moves.js";

/** @returns {HTMLInputElement[]} */
const boxes = () => /** @type {HTMLInputElement[]} */ ($$("input[data-select]"));
/** @type {HTMLInputElement | null} */
let last = null;

/** Shows the bulk bar while something is selected. */
function count() {
  const bar = $(".bulk");
  if (!bar) return;
  const number = boxes().filter((box) => box.checked).length;
  bar.hidden = number === 0;
  $("[data-selected]", bar).textContent = String(number);
  // What one of the selected cannot be done to is not offered.
  const leads = number ? targetLeads() : [];
  $("[data-bulk=move]", bar).hidden = !mayMove(leads);
  $("[data-bulk=assign]", bar).hidden = !may(leads, "assign");
  const all = /** @type {HTMLInputElement | null} */ ($("[data-select-all]"));
  if (!all) return;
  all.checked = number > 0 && number === boxes().length;
  all.indeterminate = number > 0 && !all.checked;
}

/** Selects from the last box to this one. @param {HTMLInputElement} box */
function range(box) {
  const all = boxes();
  const from = last ? all.indexOf(last) : -1;
  const to = all.indexOf(box);
  if (from < 0) return;
  for (const other of all.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    other.checked = box.checked;
  }
}

/** @param {boolean} checked */
function all(checked) {
  for (const box of boxes()) box.checked = checked;
  count();
  announce(checked ? `${boxes().length} leads selected` : "Selection cleared");
}

/** @param {number} step */
function walk(step) {
  if ($("dialog[open]")) return false;
  const rows = $$("[data-record]");
  const focused =
    /** @type {HTMLElement | null} */ (document.activeElement?.closest("[data-record]"));
  const next = focused ? rows[rows.indexOf(focused) + step] : rows[0];
  if (!next) return Boolean(focused);
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

/** Selects the focused row. @param {boolean} upToHere */
function select(upToHere) {
  const row = document.activeElement?.closest("tr[data-record]");
  const box = /** @type {HTMLInputElement | null} */ (row && $("input[data-select]", row));
  if (!box) return false;
  box.checked = upToHere || !box.checked;
  if (upToHere) range(box);
  last = box;
  count();
  announce(`${$$("input[data-select]:checked").length} selected`);
}

on("click", "input[data-select]", (el, event) => {
  const box = /** @type {HTMLInputElement} */ (el);
  if (event.shiftKey) range(box);
  last = box;
  count();
});
on("change", "[data-select-all]", (el) => all(/** @type {HTMLInputElement} */ (el).checked));
on("click", "[data-bulk]", (el) => {
  const { bulk } = el.dataset;
  if (bulk === "move") pickStage();
  else if (bulk === "assign") pickOwner();
  else all(false);
});
on("click", "[data-take]", (el) => {
  const me = $("meta[name=user]")?.getAttribute("content") ?? "";
  const name = choices("people").find((o) => o.value === me)?.text ?? "you";
  const row = /** @type {HTMLElement} */ (el.closest("[data-record]"));
  assignAll([leadOf(row)], me, name);
});

hotkey("j", () => walk(1));
hotkey("k", () => walk(-1));
hotkey("ArrowDown", () => walk(1));
hotkey("ArrowUp", () => walk(-1));
hotkey("x", () => select(false));
hotkey("Shift+x", () => select(true));
hotkey("Escape", () => $("dialog[open]") || !$("input[data-select]:checked") ? false : all(false));

// Events come in bursts (a bulk move, an import): the list is read again once they pause,
// and a selection in progress is left alone.
let soon = 0;
function renew() {
  clearTimeout(soon);
  soon = setTimeout(async () => {
    await refreshPage();
    count();
  }, 400);
}
document.addEventListener("live:lead", () => {
  if (!$("input[data-select]:checked")) renew();
});
for (const name of ["lead:changed", "lead:undone", "live:resync"]) {
  document.addEventListener(name, renew);
}
