// @ts-check
/** The pipeline board: optimistic moves, tallies, keyboard, more cards, live changes. */
import { $, $$, announce, currency, fragment, hotkey, on, reason, toast } from "./dom.js";
import { leadOf, may, moveLead, refreshPage, stageLabel } from "./moves.js";
import { startDrag } from "./drag.js";

/** @param {Element | null} el @returns {HTMLElement | null} */
const column = (el) => /** @type {HTMLElement | null} */ (el?.closest(".col") ?? null);
/** @param {string} stage */
const columnOf = (stage) => $(`.col[data-stage="${CSS.escape(stage)}"]`);
/** @param {HTMLElement} col */
const listOf = (col) => $(".cards", col);

/** Writes minor units as the server does: $907, $9.2k, $1.3M. @param {number} minor */
function shortMoney(minor) {
  const { symbol, digits } = currency();
  const size = Math.abs(minor) / 10 ** digits;
  const [divisor, suffix] = size >= 999_950 ? [1e6, "M"] : size >= 1000 ? [1e3, "k"] : [1, ""];
  const number = Math.round(size / divisor * (suffix ? 10 : 1)) / (suffix ? 10 : 1);
  return `${minor < 0 ? "−" : ""}${symbol}${number}${suffix}`;
}

/** Adds to a column's count and value. @param {HTMLElement | null} col
 * @param {number} count @param {number} minor */
function tally(col, count, minor) {
  if (!col) return;
  const total = Number(col.dataset.total) + minor;
  const number = Number(col.dataset.count) + count;
  col.dataset.total = String(total);
  col.dataset.count = String(number);
  $("[data-tally=count]", col).textContent = String(number);
  $("[data-tally=total]", col).textContent = shortMoney(total);
  const weighted = total * Number(col.dataset.probability) / 100;
  $("[data-tally=weighted]", col).textContent = shortMoney(weighted);
  const strip = $(`[data-strip="${col.dataset.stage}"]`);
  if (strip) strip.textContent = String(number);
}

/** Puts a card into a list (or takes it off the board) and keeps the sums right.
 * @param {HTMLElement} card @param {Element | null} list @param {Element | null} [before] */
function place(card, list, before = null) {
  const value = Number(card.dataset.value);
  tally(column(card), -1, -value);
  if (!list) return card.remove();
  list.insertBefore(card, before ?? $(":scope > .more, :scope > .none", list));
  tally(column(card), 1, value);
  card.dataset.stage = column(card)?.dataset.stage;
}

/**
 * Moves a card to a stage, at once; it comes back when the server refuses.
 * @param {HTMLElement} card @param {string} to @param {Element | null} [before]
 */
export function moveCard(card, to, before = null) {
  const lead = leadOf(card);
  const list = card.parentElement;
  const next = card.nextElementSibling;
  const target = columnOf(to);
  const focused = card.contains(document.activeElement);
  return moveLead(lead, to, {
    apply() {
      place(card, target && listOf(target), before ?? (target && listOf(target).firstElementChild));
      if (focused && target) focus(card);
    },
    revert() {
      // A live event may have put a newer card in the place of this one.
      const now = $(`.card[data-id="${lead.id}"]`) ?? card;
      if (list?.isConnected) place(now, list, next?.parentElement === list ? next : null);
    },
  });
}

/** One card per column is in the tab order. @param {HTMLElement | undefined | null} card */
function focus(card) {
  if (!card) return;
  for (const other of $$(".card[tabindex='0']", column(card) ?? document)) other.tabIndex = -1;
  card.tabIndex = 0;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** @param {HTMLElement} card @param {number} step @returns {HTMLElement | undefined} */
function beside(card, step) {
  const all = $$(".col");
  const index = all.indexOf(/** @type {HTMLElement} */ (column(card)));
  const row = $$(".card", column(card) ?? document).indexOf(card);
  for (let i = index + step; i >= 0 && i < all.length; i += step) {
    const cards = $$(".card", all[i]);
    if (cards.length) return cards[Math.min(row, cards.length - 1)];
  }
}

/** @param {number} step @returns {boolean} */
function moveByKey(step) {
  const card = /** @type {HTMLElement | null} */ (document.activeElement?.closest(".card"));
  const all = $$(".col");
  const to = card && all[all.indexOf(/** @type {HTMLElement} */ (column(card))) + step];
  if (!card || !to || !may([leadOf(card)], "work")) return false;
  moveCard(card, String(to.dataset.stage));
  announce(`${card.dataset.name} moved to ${to.dataset.label}`);
  return true;
}

/** @param {"up" | "down" | "left" | "right"} way @returns {boolean} */
function walk(way) {
  if ($("dialog[open]")) return false;
  const card = /** @type {HTMLElement | null} */ (document.activeElement?.closest(".card"));
  if (!card) {
    if (document.activeElement !== document.body && !document.activeElement?.matches("main")) {
      return false;
    }
    focus($(".card"));
    return true;
  }
  if (way === "left" || way === "right") focus(beside(card, way === "left" ? -1 : 1));
  else {
    const next = way === "up" ? card.previousElementSibling : card.nextElementSibling;
    if (next?.matches(".card")) focus(/** @type {HTMLElement} */ (next));
    else if (next?.matches(".more")) more($("a", next));
  }
  return true;
}

/** Loads the next cards of a column. @param {HTMLElement} link */
async function more(link) {
  const item = link.closest(".more");
  if (!item || link.dataset.busy !== undefined) return;
  link.dataset.busy = "";
  try {
    const fresh = document.createElement("template");
    fresh.innerHTML = await fragment(String(link.getAttribute("href")));
    fresh.content.querySelector("li.none")?.remove();
    for (const card of $$(".card[tabindex='0']", fresh.content)) card.tabIndex = -1;
    const first = $(".card", fresh.content);
    const hadFocus = item.contains(document.activeElement);
    item.replaceWith(fresh.content);
    if (hadFocus) focus(first);
  } catch (error) {
    delete link.dataset.busy;
    toast(reason(error));
  }
}

/** Events come in bursts; a board whose filters they cannot judge is read once they pause. */
let waiting = 0;
function reloadSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(refreshPage, 400);
}

/**
 * A lead changed somewhere: insert, move, renew or remove its card.
 * @param {{ id: string, stage: string, version: number, html: string | null, own: boolean }} event
 */
function apply(event) {
  const card = $(`.card[data-id="${event.id}"]`);
  const col = columnOf(event.stage);
  if (!$("#board")) return void refreshPage();
  if (!event.html || !col) {
    if (card) place(card, null);
    return;
  }
  if (!card && location.search) return reloadSoon();
  if (card && Number(card.dataset.version) > event.version) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = event.html.trim();
  const next = /** @type {HTMLElement} */ (fresh.content.firstElementChild);
  const focused = card?.contains(document.activeElement);
  if (!next || card?.matches(".lifted")) return;
  if (card) next.tabIndex = card.tabIndex;
  const before = card && column(card) === col
    ? card.nextElementSibling
    : listOf(col).firstElementChild;
  if (card) place(card, null);
  listOf(col).insertBefore(next, before ?? $(":scope > .more, :scope > .none", listOf(col)));
  tally(col, 1, Number(next.dataset.value));
  if (focused) next.focus({ preventScroll: true });
  if (!event.own) next.classList.add("flash");
}

/** Marks the strip's entry of the column in view (phones). */
function markStrip() {
  const board = $("#board");
  if (!board) return;
  const middle = board.scrollLeft + board.clientWidth / 2;
  const col = $$(".col", board).findLast((el) => el.offsetLeft <= middle);
  const link = $(`.strip a[href="#${col?.id}"]`);
  if (!link || link.hasAttribute("aria-current")) return;
  $(".strip a[aria-current]")?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  link.parentElement?.scrollTo({ left: link.offsetLeft - 80, behavior: "smooth" });
}

startBoard();

function startBoard() {
  startDrag(moveCard);
  markStrip();
  document.addEventListener("scroll", (event) => {
    if (event.target === $("#board")) markStrip();
  }, { capture: true, passive: true });
  on("click", ".strip a", (link, event) => {
    event.preventDefault();
    $(String(link.getAttribute("href"))).scrollIntoView({ inline: "center", block: "nearest" });
  });
  on("click", "[data-more]", (link, event) => {
    event.preventDefault();
    more(link);
  });
  for (
    const [key, way] of /** @type {const} */ ([
      ["ArrowUp", "up"],
      ["k", "up"],
      ["ArrowDown", "down"],
      ["j", "down"],
      ["ArrowLeft", "left"],
      ["ArrowRight", "right"],
    ])
  ) {
    hotkey(key, () => walk(way));
  }
  hotkey("Shift+ArrowLeft", () => moveByKey(-1));
  hotkey("Shift+ArrowRight", () => moveByKey(1));
  document.addEventListener(
    "live:lead",
    (event) => apply(/** @type {CustomEvent} */ (event).detail),
  );
  for (const name of ["live:resync", "lead:undone"]) document.addEventListener(name, refreshPage);
  document.addEventListener("lead:changed", (event) => {
    const { id, lead } = /** @type {CustomEvent} */ (event).detail;
    const card = $(`.card[data-id="${id}"]`);
    const to = lead?.stage?.key ?? lead?.stage;
    if (!card || typeof to !== "string" || card.dataset.stage === to) return;
    const target = columnOf(to);
    const focused = card.contains(document.activeElement);
    place(card, target && listOf(target), target && listOf(target).firstElementChild);
    if (focused && target) focus(card);
    announce(`${card.dataset.name} moved to ${stageLabel(to)}`);
  });
}
