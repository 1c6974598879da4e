// @ts-check
/** Lists edited as a whole: rules, capacity, territories, fields, working hours, what scores go by. */
import { $, $$, announce, api, on, Problem, reason, showErrors, toast } from "./dom.js";
import { checkAll, controls, refreshRegion } from "./forms.js";

/** @typedef {Record<string, unknown>} Item */

/** What a list of each kind is sent as, and what is looked at before: a section's own module adds
 * to them. @type {Record<string, (form: HTMLElement) => unknown>} */
export const bodies = {};
/** @type {Array<(form: HTMLElement) => void>} */
export const checks = [];

/** Words between commas. @param {string} text */
export const listOf = (text) => text.split(",").map((word) => word.trim()).filter(Boolean);

/** @param {HTMLElement} item @returns {Record<string, string>} what is typed, by name */
export function textsOf(item) {
  return Object.fromEntries(controls(item).map((control) => [control.name, control.value.trim()]));
}

/** @param {HTMLElement} item @returns {Item} */
function memberOf(item) {
  const text = textsOf(item);
  const most = (/** @type {string} */ name) => text[name] ? Number(text[name]) : null;
  const paidBack = /** @type {HTMLInputElement} */ ($("[name=paid_back]", item)).checked;
  return {
    user: text.user,
    weight: Number(text.weight),
    skills: listOf(text.skills),
    languages: listOf(text.languages),
    day_max: most("day_max"),
    week_max: most("week_max"),
    open_max: most("open_max"),
    paid_back: paidBack,
    week: DAYS.some((day) => text[day]) ? weekOf(text) : null,
  };
}

/** @param {HTMLElement} item @returns {Item} */
function territoryOf(item) {
  const { name, parent } = textsOf(item);
  return { name, parent: parent || null };
}

/** @param {HTMLElement} item @returns {Item} */
function fieldOf(item) {
  const { key, label, type, choices } = textsOf(item);
  const list = choices.split("\n").map((line) => line.trim()).filter(Boolean);
  const { checked: sensitive } = /** @type {HTMLInputElement} */ ($("[name=sensitive]", item));
  return { key, label, type, sensitive, ...(type === "choice" ? { choices: list } : {}) };
}

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** `9–12:30, 13:00-18` as slots; null when it cannot be read. @param {string} text */
export function slotsOf(text) {
  /** @param {string} hour @param {string} [minute] */
  const time = (hour, minute) => `${hour.padStart(2, "0")}:${minute ?? "00"}`;
  const parts = text.split(",").map((part) => part.trim()).filter(Boolean);
  const slots = parts.map((part) => {
    const match = /^(\d{1,2})(?::(\d\d))?\s*[-–—]\s*(\d{1,2})(?::(\d\d))?$/.exec(part);
    return match && { from: time(match[1], match[2]), to: time(match[3], match[4]) };
  });
  return slots.every(Boolean) ? slots : null;
}

/** `2026-12-25 Christmas`, one a line; null when a line cannot be read. @param {string} text */
export function holidaysOf(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  const days = lines.map((line) => {
    const [, on, name] = /^(\d{4}-\d\d-\d\d)\s+(.+)$/.exec(line) ?? [];
    return on ? { on, name } : null;
  });
  return days.every(Boolean) ? days : null;
}

/** @param {Record<string, string>} text */
const weekOf = (text) => Object.fromEntries(DAYS.map((day) => [day, slotsOf(text[day])]));

/** @param {HTMLElement} form */
function calendarOf(form) {
  const text = textsOf(form);
  return { time_zone: text.time_zone, week: weekOf(text), holidays: holidaysOf(text.holidays) };
}

/** What is typed and cannot be read is said beside its field. @param {HTMLElement} form */
function checkCalendar(form) {
  if (form.dataset.list !== "calendar" && form.dataset.list !== "members") return;
  for (const control of controls(form)) {
    const isDay = DAYS.includes(control.name);
    const bad = isDay
      ? slotsOf(control.value) === null
      : control.name === "holidays" && holidaysOf(control.value) === null;
    const hint = isDay ? "Write hours as 09:00–18:00." : "Write each as 2026-12-25 Christmas.";
    control.setCustomValidity(bad ? hint : "");
  }
}

/** @param {HTMLElement} form */
export function bodyOf(form) {
  const own = bodies[String(form.dataset.list)];
  if (own) return own(form);
  if (form.dataset.list === "calendar") return calendarOf(form);
  if (form.dataset.list === "score") {
    const boxes = /** @type {HTMLInputElement[]} */ ($$("[name=features]:checked", form));
    return { features: boxes.map((box) => box.value) };
  }
  const items = $$("[data-item]", form);
  if (form.dataset.list === "members") return { members: items.map(memberOf) };
  if (form.dataset.list === "territories") return { territories: items.map(territoryOf) };
  return { fields: items.map(fieldOf) };
}

/** @param {HTMLElement} form */
async function save(form) {
  if (!isReady(form)) return;
  const { version } = form.dataset;
  try {
    const method = form.dataset.list === "form" ? "PATCH" : "PUT";
    await api(method, String(form.dataset.path), bodyOf(form), version ? { version } : {});
    delete form.dataset.dirty;
    await refreshRegion();
    toast("Changes saved");
  } catch (error) {
    showErrors(form, error);
    markItems(form, error);
  }
}

/** Whether all can be sent; what cannot is opened and marked. @param {HTMLElement} form */
export function isReady(form) {
  for (const check of checks) check(form);
  checkCalendar(form);
  for (const item of $$("[data-item]", form)) {
    const wrong = controls(item).some((control) => !control.checkValidity());
    if (wrong) for (const box of $$("details", item)) box.setAttribute("open", "");
  }
  if (checkAll(form)) return true;
  say(form, "Correct the marked fields first.");
  return false;
}

/** Opens the items the server names, as `rules.2.when.value_max`, and marks their fields.
 * @param {HTMLElement} form @param {unknown} error */
function markItems(form, error) {
  const items = $$("[data-item]", form);
  for (const { field } of error instanceof Problem ? error.errors : []) {
    const [, place, name] = /^(?:definition\.)?\w+[.[](\d+)\]?(?:\..*?)?(\w*)$/.exec(field) ?? [];
    const item = items[Number(place)];
    if (place === undefined || !item) continue;
    for (const box of $$("details", item)) box.setAttribute("open", "");
    const [, row] = /conditions\[(\d+)\]/.exec(field) ?? [];
    const part = row === undefined ? item : $$("[data-cond]", item)[Number(row)] ?? item;
    const control = controls(part).find((one) => one.name === name);
    control?.setAttribute("aria-invalid", "true");
    control?.focus();
  }
}

/** @param {HTMLElement} form @param {string} text */
function say(form, text) {
  const line = $("[data-form-error]", form);
  line.textContent = text;
  line.hidden = !text;
}

/** @param {HTMLElement} el anything inside the form @param {boolean} [itemToo] */
function touch(el, itemToo = true) {
  const form = /** @type {HTMLElement} */ (el.closest("[data-list]"));
  form.dataset.dirty = "";
  $("[data-unsaved]", form).hidden = false;
  if (itemToo) el.closest("[data-item]")?.classList.add("dirty");
}

/** @param {HTMLElement} item @param {number} step */
function move(item, step) {
  const list = /** @type {HTMLElement} */ (item.parentElement);
  const items = [...list.children];
  const to = items.indexOf(item) + step;
  if (to < 0 || to >= items.length) return;
  const focused = /** @type {HTMLElement} */ (document.activeElement);
  list.insertBefore(item, step < 0 ? items[to] : items[to].nextElementSibling);
  focused?.focus();
  touch(item, false);
  announce(`Now ${to + 1} of ${items.length}`);
}

/** The row that is being dragged. @type {HTMLElement | null} */
let dragged = null;

/** Takes the dragged row to where the pointer is. @param {HTMLElement} over @param {DragEvent} event */
function drag(over, event) {
  if (!dragged || dragged.parentElement !== over.parentElement) return;
  event.preventDefault();
  if (over === dragged) return;
  const { top, height } = over.getBoundingClientRect();
  const isBelow = event.clientY > top + height / 2;
  over.parentElement?.insertBefore(dragged, isBelow ? over.nextElementSibling : over);
}

function drop() {
  if (!dragged) return;
  const items = [...dragged.parentElement?.children ?? []];
  dragged.classList.remove("dragged");
  touch(dragged, false);
  announce(`Now ${items.indexOf(dragged) + 1} of ${items.length}`);
  dragged = null;
}

/** @param {HTMLElement} form */
function add(form) {
  const list = $("[data-items]", form);
  const blank = /** @type {HTMLTemplateElement} */ ($("[data-blank]", form));
  list.append(blank.content.cloneNode(true));
  const item = /** @type {HTMLElement} */ (list.lastElementChild);
  touch(item);
  controls(item).find((control) => control.type !== "checkbox")?.focus();
}

/** @param {HTMLElement} item */
function remove(item) {
  const form = /** @type {HTMLElement} */ (item.closest("[data-list]"));
  touch(item, false);
  const next = item.nextElementSibling ?? item.previousElementSibling;
  item.remove();
  (next ? $("summary", next) : $("[data-add]", form))?.focus();
  announce("Removed");
}

/** A key made from the label, as long as nobody typed one. @param {HTMLInputElement} label */
function suggestKey(label) {
  const item = /** @type {HTMLElement} */ (label.closest("[data-item]"));
  const key = /** @type {HTMLInputElement | null} */ ($("[name=key]", item));
  if (!key || key.readOnly || key.dataset.typed !== undefined) return;
  key.value = label.value.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^[^a-z]+|_+$/g, "").slice(0, 40);
}

const itemOf = (
  /** @type {HTMLElement} */ el,
) => /** @type {HTMLElement} */ (el.closest("[data-item]"));

on("submit", "[data-list]", (form, event) => {
  event.preventDefault();
  save(form);
});
on("input", "[data-list] [name]", (control) => touch(control));
on("input", ":is([data-list=fields], [data-list=form]) [name=label]", (label) => {
  suggestKey(/** @type {HTMLInputElement} */ (label));
});
on("input", "[data-list] [name=key]", (key) => (key.dataset.typed = ""));
on("click", "[data-add]", (button) => add(/** @type {HTMLElement} */ (button.closest("form"))));
on("click", "[data-remove]", (button) => remove(itemOf(button)));
on("click", "[data-shift]", (button) => move(itemOf(button), Number(button.dataset.shift)));
on("dragstart", "[data-item] > details > summary", (summary, event) => {
  dragged = itemOf(summary);
  dragged.classList.add("dragged");
  event.dataTransfer.effectAllowed = "move";
});
on("dragover", "[data-item]", drag);
on("dragend", "[data-item]", drop);
on("click", "[data-revert]", (button) => {
  delete /** @type {HTMLElement} */ (button.closest("form")).dataset.dirty;
  refreshRegion().catch((error) => toast(reason(error)));
});
// Alt with an arrow moves the row one stands on, as in a text editor.
on("keydown", "[data-item]", (item, event) => {
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  move(item, event.key === "ArrowUp" ? -1 : 1);
});
addEventListener("beforeunload", (event) => {
  if ($("[data-list][data-dirty]")) event.preventDefault();
});

/** Something is on its way: the page looks again until it has come, for two minutes. */
const LOOK_MS = 3000;
let looksLeft = 40;

setInterval(() => {
  if (!$("[data-look-again]") || looksLeft-- <= 0 || $("dialog[open]")) return;
  refreshRegion();
}, LOOK_MS);
