// @ts-check
/**
 * Inline edit, loaded at the first edit: a click or Enter turns a value into its control; Enter
 * saves, Esc restores.
 */
import { $, api, Problem, reason, toast } from "./dom.js";
import { refreshRecord } from "./drawer.js";
import { recordOf } from "./lead.js";
import { changed, leadOf, toastChange } from "./moves.js";

/** @param {HTMLElement} field
 * @returns {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} */
function editor(field) {
  const { kind, raw = "" } = field.dataset;
  if (kind === "choice" || kind === "boolean") {
    const select = document.createElement("select");
    const template = /** @type {HTMLTemplateElement | null} */ ($("template", field));
    select.append(new Option("Not set", ""));
    if (template) select.append(template.content.cloneNode(true));
    else select.append(new Option("Yes", "true"), new Option("No", "false"));
    select.value = kind === "boolean" ? { Yes: "true", No: "false" }[raw] ?? raw : raw;
    return select;
  }
  if (kind === "multiline") {
    const area = document.createElement("textarea");
    area.value = raw;
    return area;
  }
  const input = document.createElement("input");
  input.type = { email: "email", tel: "tel", date: "date" }[kind ?? ""] ?? "text";
  if (kind === "money" || kind === "number") input.inputMode = "decimal";
  input.value = raw;
  return input;
}

/** @param {HTMLElement} field @param {string} text what the user typed */
function change(field, text) {
  const { name = "", kind, digits } = field.dataset;
  /** @type {unknown} */
  let value = text.trim() === "" ? null : text.trim();
  if (value !== null && kind === "boolean") value = text === "true";
  if (value !== null && kind === "tags") {
    value = text.split(",").map((t) => t.trim()).filter(Boolean);
  }
  if (value === null && kind === "tags") value = [];
  if (value !== null && (kind === "money" || kind === "number")) {
    const number = Number(text.replace(/[\s,]/g, ""));
    if (isNaN(number)) throw new Problem(422, `“${text}” is not a number.`);
    value = kind === "money" ? Math.round(number * 10 ** Number(digits)) : number;
  }
  if (kind === "money") return { value_minor: value };
  return name.startsWith("custom.") ? { custom: { [name.slice(7)]: value } } : { [name]: value };
}

/** @param {HTMLElement} button the shown value */
export function edit(button) {
  const field = /** @type {HTMLElement} */ (button.closest(".fld"));
  const control = editor(field);
  control.setAttribute("aria-label", String(field.dataset.label));
  const before = control.value;
  button.replaceWith(control);
  control.focus();
  if (control instanceof HTMLInputElement && control.type !== "date") control.select();
  let done = false;
  const finish = (/** @type {boolean} */ keep) => {
    if (done) return;
    done = true;
    const text = control.value;
    const words = control instanceof HTMLSelectElement ? control.selectedOptions[0]?.text : text;
    const hadFocus = control.contains(document.activeElement);
    control.replaceWith(button);
    if (hadFocus) button.focus();
    if (keep && text !== before) save(field, button, text, words ?? text);
  };
  control.onblur = () => finish(true);
  control.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    const area = field.dataset.kind === "multiline" && !(event.metaKey || event.ctrlKey);
    if (event.key === "Enter" && !area) finish(true);
    else if (event.key === "Escape") finish(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

/** @param {HTMLElement} field @param {HTMLElement} button
 * @param {string} text as typed @param {string} words as shown */
async function save(field, button, text, words) {
  const before = { words: button.textContent, raw: field.dataset.raw };
  const lead = leadOf(recordOf(field));
  if (field.dataset.kind !== "tags") button.textContent = words || "Add";
  field.dataset.raw = text;
  try {
    const options = { version: lead.version };
    const answer = await api("PATCH", `/leads/${lead.id}`, change(field, text), options);
    field.classList.add("saved");
    setTimeout(() => field.classList.remove("saved"), 600);
    changed(lead.id, answer);
    toastChange(`${field.dataset.label} saved`, answer?.change);
  } catch (error) {
    button.textContent = before.words;
    field.dataset.raw = before.raw;
    const stale = error instanceof Problem && error.status === 412;
    const first = error instanceof Problem && error.errors[0]?.message;
    if (stale) refreshRecord();
    toast(
      stale
        ? "Somebody else changed this lead just now. It was loaded again; please repeat your edit."
        : `Not saved. ${first || reason(error)}`,
    );
  }
}
