// @ts-check
/**
 * Writes that pages describe in attributes: a button or a row says what it sends, this module
 * sends it and shows the page as it is afterwards.
 *
 * - `data-send="PATCH /users/7"`: method and path below /api/v1; `data-version`: as If-Match.
 * - `[data-open-form="dialog"]` opens a dialog on a record, its fields filled from `data-fill-*`.
 * - `[data-do]` sends at once, after the question of `data-confirm`.
 * - `[data-row]` sends each field of a row as it is left.
 * - `data-part` on controls named `list` (check boxes) or `map.key` (their words): one value each.
 * - `data-made="other"` on a select: an option with `data-base` is sent as `other`, its base as the
 *   field itself.
 * - `data-reveal="dialog"` shows the token of the answer, which is told only once.
 * - `data-then="/page"` leads on when it is done.
 */
import {
  $,
  $$,
  announce,
  api,
  clearErrors,
  fragment,
  inTurn,
  on,
  reason,
  showErrors,
  toast,
} from "./dom.js";

/** Dialogs that answer for themselves. */
const OWN = new Set(["confirm", "user-leave"]);

/** Typed one a line, sent as a list. */
const LISTS = new Set(["origins", "addresses"]);

/** Puts the server's newest HTML in place of the page's region and keeps the focus where it was. */
export const refreshRegion = inTurn(async () => {
  if (!$("[data-region]")) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await fragment(location.href);
  const region = $("[data-region]");
  const spot = focusSpot();
  const next = $("[data-region]", fresh.content);
  if (!next) return location.reload();
  const scrolled = $$(".leaf", region).map((leaf) => leaf.scrollTop);
  const leaf = region.matches(".leaf") ? region.scrollTop : 0;
  region.replaceWith(next);
  if (next.matches(".leaf")) next.scrollTop = leaf;
  $$(".leaf", next).forEach((el, place) => el.scrollTop = scrolled[place] ?? 0);
  showCurrent();
  spot?.();
});

/** On a phone the sub-navigation scrolls sideways; the section shown must be in sight. */
function showCurrent() {
  $(".settings-nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
}

/** @returns {(() => void) | null} focuses the element that now stands for the one focused before */
function focusSpot() {
  const el = /** @type {HTMLElement | null} */ (document.activeElement);
  if (!el?.closest("[data-region]")) return null;
  const marks = ["id", "data-send", "data-open-form", "name", "aria-label"]
    .filter((mark) => el.hasAttribute(mark))
    .map((mark) => `[${mark}="${CSS.escape(String(el.getAttribute(mark)))}"]`);
  const row = el.closest("[data-row]")?.getAttribute("data-send");
  const within = row ? `[data-send="${CSS.escape(row)}"] ` : "";
  if (!marks.length) return null;
  return () =>
    ($(within + marks.join("")) ?? $("[data-region] h2"))?.focus({ preventScroll: true });
}

/** @typedef {{ method: string, path: string, version?: string }} Send */

/** @param {HTMLElement} el @returns {Send} */
function sendOf(el) {
  const [method, path] = String(el.dataset.send).split(" ");
  return { method, path, version: el.dataset.version };
}

/** @param {Send} send @param {unknown} [body] */
export const carryOut = ({ method, path, version }, body) =>
  api(method, path, body, version === undefined ? {} : { version });

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/** The controls of a form that carry a value of the record. @param {HTMLElement} form */
export const controls = (
  form,
) => /** @type {Control[]} */ ($$("input[name], select[name], textarea[name]", form));

/** A control's value as the API takes it; nothing typed is null. @param {Control} control */
export function valueOf(control) {
  if (control.type === "checkbox") return /** @type {HTMLInputElement} */ (control).checked;
  // A password is taken to the letter.
  const text = control.type === "password" ? control.value : control.value.trim();
  if (LISTS.has(control.name)) {
    return text.split(/[\n,]+/).map((line) => line.trim()).filter(Boolean);
  }
  if (text === "") return null;
  return control.type === "number" ? Number(text) : text;
}

/**
 * A whole record is sent without what was left empty; a change sends only what was changed, and
 * null where something was emptied.
 * @param {HTMLFormElement} form @param {string} method @param {Record<string, string>} before
 */
function bodyOf(form, method, before) {
  /** @type {Record<string, unknown>} */
  const body = {};
  for (const control of controls(form).filter((one) => !isPart(one))) {
    const value = valueOf(control);
    if (method !== "PATCH" ? value === null : control.value === (before[control.name] ?? "")) {
      continue;
    }
    body[control.name] = value;
    const other = control.dataset.made;
    if (!other) continue;
    const base = /** @type {HTMLSelectElement} */ (control).selectedOptions[0]?.dataset.base;
    body[other] = base ? value : null;
    if (base) body[control.name] = base;
  }
  return Object.assign(body, partsOf(form, method, before));
}

/** @param {Control} control */
const isPart = (control) => control.dataset.part !== undefined;

/** @param {string} text */
const wordsOf = (text) => text.split(" ").filter(Boolean);

/**
 * The lists and maps of a form, whole: of a new record what is not empty, else what was changed.
 * @param {HTMLFormElement} form @param {string} method @param {Record<string, string>} before
 */
function partsOf(form, method, before) {
  /** @type {Record<string, any>} */
  const whole = {};
  const changed = new Set();
  for (const control of controls(form).filter(isPart)) {
    const [field, ...key] = control.name.split(".");
    const was = before[control.name] ?? "";
    if (key.length) {
      (whole[field] ??= {})[key.join(".")] = wordsOf(control.value);
      if (control.value !== was) changed.add(field);
    } else {
      const { checked } = /** @type {HTMLInputElement} */ (control);
      whole[field] ??= [];
      if (checked) whole[field].push(control.value);
      if (checked !== wordsOf(was).includes(control.value)) changed.add(field);
    }
  }
  const sent = Object.entries(whole).filter(([field, value]) =>
    method !== "PATCH" ? Object.keys(value).length > 0 : changed.has(field)
  );
  return Object.fromEntries(sent);
}

/** @param {HTMLFormElement} form @param {string} name @param {string} value */
function fill(form, name, value) {
  for (const control of controls(form).filter((one) => one.name === name)) {
    if (control.type !== "checkbox") control.value = value;
    else if (isPart(control)) {
      /** @type {HTMLInputElement} */ (control).checked = wordsOf(value).includes(control.value);
    }
  }
}

// Dialogs on a record

/** @type {HTMLElement | null} the button that opened the dialog */
let opener = null;

/** @param {HTMLElement} button */
function fillOf(button) {
  /** @type {Record<string, string>} */
  const fill = {};
  for (const name of button.getAttributeNames()) {
    if (name.startsWith("data-fill-")) {
      fill[name.slice("data-fill-".length)] = String(button.getAttribute(name)).replaceAll(
        "\r",
        "",
      );
    }
  }
  return fill;
}

/** @param {HTMLElement} button */
function edit(button) {
  const box =
    /** @type {HTMLDialogElement} */ (document.getElementById(String(button.dataset.openForm)));
  const form = /** @type {HTMLFormElement} */ ($("form", box));
  form.reset();
  clearErrors(form);
  for (const [name, value] of Object.entries(fillOf(button))) fill(form, name, value);
  opener = button;
  box.showModal();
  controls(form)[0]?.focus();
}

/** @param {HTMLFormElement} form */
async function submit(form) {
  const button = opener;
  if (!button || form.dataset.busy !== undefined) return;
  if (!checkAll(form)) return;
  const send = sendOf(button);
  const body = bodyOf(form, send.method, fillOf(button));
  const box = /** @type {HTMLDialogElement} */ (form.closest("dialog"));
  if (send.method === "PATCH" && !Object.keys(body).length) return box.close();
  form.dataset.busy = "";
  try {
    const answer = await carryOut(send, body);
    box.close();
    await finished(button, answer);
  } catch (error) {
    showErrors(form, error);
  } finally {
    delete form.dataset.busy;
  }
}

/** The browser's own checks, said in our words beside the field. @param {HTMLElement} form */
export function checkAll(form) {
  clearErrors(form);
  const wrong = controls(form).filter((control) => !control.checkValidity());
  for (const control of wrong) {
    control.setAttribute("aria-invalid", "true");
    const line = $(".err", control.closest(".field") ?? form);
    if (!line) continue;
    line.textContent = control.validity.valueMissing ? "Fill this in." : control.validationMessage;
    line.hidden = false;
  }
  wrong[0]?.focus();
  return wrong.length === 0;
}

/** @param {HTMLElement} button @param {any} answer */
async function finished(button, answer) {
  const { reveal, said, then } = button.dataset;
  if (then) return location.assign(then);
  await refreshRegion();
  const told = answer?.token ?? answer?.recovery_codes?.join("\n");
  if (reveal && told) revealToken(reveal, told);
  else if (said) toast(said);
}

/** @param {string} id @param {string} token */
function revealToken(id, token) {
  const box = /** @type {HTMLDialogElement} */ (document.getElementById(id));
  for (const code of $$("[data-template]", box)) {
    code.textContent = String(code.dataset.template).replaceAll("{token}", token);
    const copy = $("[data-copy]", /** @type {HTMLElement} */ (code.parentElement));
    copy.dataset.copy = code.textContent;
  }
  box.showModal();
}

// Buttons that write at once

/** @param {HTMLElement} button @returns {Promise<boolean>} */
function confirmed(button) {
  const question = button.dataset.confirm;
  const box = /** @type {HTMLDialogElement | null} */ (document.getElementById("confirm"));
  if (!question || !box) return Promise.resolve(true);
  $("h2", box).textContent = `${button.getAttribute("aria-label")}?`;
  $("[data-question]", box).textContent = question;
  box.returnValue = "";
  box.showModal();
  return new Promise((resolve) => {
    box.addEventListener("close", () => resolve(box.returnValue === "yes"), { once: true });
  });
}

/** @param {HTMLElement} button */
async function doAtOnce(button) {
  if (button.dataset.busy !== undefined || !await confirmed(button)) return;
  button.dataset.busy = "";
  try {
    const body = button.dataset.body ? JSON.parse(button.dataset.body) : undefined;
    await finished(button, await carryOut(sendOf(button), body));
  } catch (error) {
    toast(reason(error));
  } finally {
    delete button.dataset.busy;
  }
}

// Rows that are edited where they stand

/** @param {HTMLElement} row @param {HTMLInputElement} control */
async function saveCell(row, control) {
  if (!control.checkValidity()) {
    toast(control.validationMessage);
    return;
  }
  const before = control.defaultValue;
  try {
    const answer = await carryOut(sendOf(row), { [control.name]: valueOf(control) });
    control.defaultValue = control.value;
    if (answer?.version === undefined) await refreshRegion();
    else row.dataset.version = String(answer.version);
    row.classList.add("saved");
    setTimeout(() => row.classList.remove("saved"), 700);
    announce(String(row.dataset.said));
  } catch (error) {
    control.value = before;
    toast(reason(error));
  }
}

showCurrent();
on("click", "[data-open-form]", edit);
on("click", "[data-do]", doAtOnce);
// What is told only once must not vanish with a click beside it.
on("click", "dialog.once", (box, event) => {
  if (event.target === box) event.stopImmediatePropagation();
}, { capture: true });
on("submit", "[data-region] dialog form", (form, event) => {
  const box = form.closest("dialog");
  if (OWN.has(String(box?.id)) || box?.classList.contains("once")) return;
  event.preventDefault();
  submit(/** @type {HTMLFormElement} */ (form));
});
on("change", "[data-row] [name]", (control) => {
  const row = /** @type {HTMLElement} */ (control.closest("[data-row]"));
  saveCell(row, /** @type {HTMLInputElement} */ (control));
});
on("keydown", "[data-row] input", (input, event) => {
  if (event.key === "Enter") input.blur();
  if (event.key !== "Escape") return;
  /** @type {HTMLInputElement} */ (input).value =
    /** @type {HTMLInputElement} */ (input).defaultValue;
  input.blur();
});
