// @ts-check
/** The builder of a form: what its rows say as a definition, a preview of it, and rows that are
 * dragged by their summary. */
import { $, $$, on } from "./dom.js";
import { controls } from "./forms.js";
import { bodies } from "./settings.js";

/** @typedef {{ key: string, label: string, kind: string, required: boolean, help: string,
 *   choices: string[], value: string, types: string[], max_mb: number }} Asked */

/** @param {string} text @param {RegExp | string} [cut] */
const listOf = (text, cut = "\n") => text.split(cut).map((one) => one.trim()).filter(Boolean);

/** @param {HTMLElement} item @returns {Asked} */
function askedOf(item) {
  /** @type {Record<string, any>} */
  const said = {};
  for (const control of controls(item)) {
    said[control.name] = control.type === "checkbox"
      ? /** @type {HTMLInputElement} */ (control).checked
      : control.value.trim();
  }
  const { key, label, kind, required, help, value } = said;
  return {
    key,
    label,
    kind,
    required: required && kind !== "hidden",
    help,
    value,
    choices: listOf(said.choices),
    types: listOf(said.types, /[\s,]+/),
    max_mb: Number(said.max_mb) || 10,
  };
}

/** A question as the API takes it: without what its kind has not. @param {Asked} asked */
function fieldOf({ key, label, kind, required, help, choices, value, types, max_mb }) {
  return {
    key,
    label,
    kind,
    required,
    help: help || null,
    ...(kind === "choice" || kind === "multi" ? { choices } : {}),
    ...(kind === "hidden" ? { value: value || null } : {}),
    ...(kind === "file" ? { types: types.map((type) => type.toLowerCase()), max_mb } : {}),
  };
}

/** @param {HTMLElement} form */
const settingsOf = (form) => {
  const all = Object.fromEntries(
    controls($("[data-form-settings]", form)).map((control) => [control.name, control]),
  );
  const text = (/** @type {string} */ name) => all[name].value.trim();
  const isOn = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (all[name]).checked;
  return { text, isOn };
};

/** What the whole form says. @param {HTMLElement} form */
function definitionOf(form) {
  const { text, isOn } = settingsOf(form);
  const words = text("consent_text");
  return {
    definition: {
      fields: $$("[data-item]", form).map(askedOf).map(fieldOf),
      consent: words ? { text: words, required: isOn("consent_required") } : null,
      redirects: listOf(text("redirects")),
      opt_in: isOn("opt_in"),
      challenge: isOn("challenge"),
    },
  };
}

// Preview

/** @param {string} tag @param {Record<string, string>} given @param {(Node | string)[]} inside */
function make(tag, given, ...inside) {
  const el = document.createElement(tag);
  for (const name in given) el.setAttribute(name, given[name]);
  el.append(...inside);
  return el;
}

/** @param {string} text */
const box = (text) =>
  make("label", { class: "box" }, make("input", { type: "checkbox" }), make("span", {}, text));

/** @param {Asked} asked */
function shown({ label, kind, required, help, choices }) {
  const words = `${label || "New question"}${required ? " *" : ""}`;
  const name = make("span", { class: "label" }, words);
  const input = kind === "textarea"
    ? make("textarea", { class: "input", rows: "4" })
    : kind === "choice"
    ? make("select", { class: "input" }, make("option", {}, "Please choose"))
    : make("input", { class: "input", type: kind === "file" ? "file" : "text" });
  const parts = kind === "checkbox"
    ? [box(words)]
    : kind === "multi"
    ? [name, ...choices.map(box)]
    : [name, input];
  return make("div", { class: "field" }, ...parts, make("p", { class: "hint" }, help));
}

/** @param {HTMLElement} form */
function preview(form) {
  for (const item of $$("[data-item]", form)) {
    const { kind } = askedOf(item);
    for (const part of $$("[data-kinds]", item)) {
      part.hidden = !String(part.dataset.kinds).split(" ").includes(kind);
    }
  }
  const { text, isOn } = settingsOf(form);
  const words = text("consent_text");
  $("[data-preview]").replaceChildren(
    ...$$("[data-item]", form).map(askedOf).filter(({ kind }) => kind !== "hidden").map(shown),
    ...(words ? [box(words + (isOn("consent_required") ? " *" : ""))] : []),
    make("button", { class: "btn primary", type: "button" }, "Send"),
  );
}

/** The form of the builder, if the page has one. */
const builder = () => /** @type {HTMLElement | null} */ ($("[data-list=form]"));

/** Shows the preview anew once what changed stands in the page. */
const renew = () => {
  const form = builder();
  if (form) preview(form);
};

for (const event of ["input", "change", "click", "keydown"]) {
  document.addEventListener(event, ({ target }) => {
    if (/** @type {Element} */ (target).closest?.("[data-list=form]")) queueMicrotask(renew);
  });
}
new MutationObserver((changes) => {
  if (changes.some(({ target }) => target === $("[data-region]")?.parentElement)) renew();
}).observe(document.body, { childList: true, subtree: true });
renew();

// Rows dragged by their summary; the arrows and Alt with an arrow do the same.

/** @type {HTMLElement | null} */
let dragged = null;

on("pointerdown", "[data-list=form] summary", (summary) => {
  const item = /** @type {HTMLElement} */ (summary.closest("[data-item]"));
  item.draggable = !$("details", item).hasAttribute("open");
});
on("dragstart", "[data-list=form] [data-item]", (item, event) => {
  dragged = item;
  item.classList.add("dirty");
  /** @type {DragEvent} */ (event).dataTransfer?.setData("text/plain", "");
});
on("dragover", "[data-list=form] [data-item]", (item, event) => {
  if (!dragged) return;
  event.preventDefault();
  const { top, height } = item.getBoundingClientRect();
  const below = /** @type {DragEvent} */ (event).clientY > top + height / 2;
  if (item !== dragged) item[below ? "after" : "before"](dragged);
});
on("dragend", "[data-list=form] [data-item]", (item) => {
  dragged = null;
  item.draggable = false;
  // As if somebody had typed: the list is not saved yet.
  controls(item)[0]?.dispatchEvent(new Event("input", { bubbles: true }));
});

bodies.form = definitionOf;
