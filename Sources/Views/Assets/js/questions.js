// @ts-check
/** The dialog that asks what a move still needs, loaded when a move first needs it. */
import { $, $$, clearErrors, dialogFrom, Problem, showErrors } from "./dom.js";
import { inDays, localStamp, stageLabel } from "./moves.js";

/** @param {string} field @param {string} name @param {string} to */
function heading(field, name, to) {
  if (field === "lost_reason" || field === "lost_note") return `Why did we lose ${name}?`;
  if (field === "demo_at") return `When is the demo with ${name}?`;
  if (field === "resume_on") return `Until when is ${name} on hold?`;
  return `${name} → ${stageLabel(to)}`;
}

/**
 * @param {{ name: string, to: string, fields: string[], before: Record<string, string> }} move
 *   `before`: what was answered already, and refused
 * @returns {Promise<Record<string, string> | null>} null when cancelled
 */
export function ask({ name, to, fields, before }) {
  const box = dialogFrom("ask");
  const form = /** @type {HTMLFormElement} */ ($("form", box));
  form.reset();
  clearErrors(form);
  const shown = fields.includes("lost_reason") ? [...fields, "lost_note"] : fields;
  for (const group of $$("[data-ask]", box)) {
    group.hidden = !shown.includes(String(group.dataset.ask));
  }
  $("h2", box).textContent = heading(fields[0], name, to);
  $("[type=submit]", box).textContent = to === "lost" ? "Mark lost" : `Move to ${stageLabel(to)}`;
  presets(form);
  for (const field of fields) if (field in before) showErrors(form, required(field));
  box.showModal();
  return new Promise((resolve) => {
    form.onsubmit = (event) => {
      event.preventDefault();
      const answers = answered(form, shown);
      const empty = fields.find((f) => !answers[f]) ??
        (answers.lost_reason === "other" && !answers.lost_note ? "lost_note" : undefined);
      if (empty) return showErrors(form, required(empty));
      resolve(answers);
      box.close();
    };
    $("[data-cancel]", box).onclick = () => box.close();
    box.onclose = () => resolve(null);
  });
}

/** Why several leads are handed on. @param {string} title
 * @returns {Promise<string | null>} null when cancelled */
export function askReason(title) {
  const box = dialogFrom("reason");
  const form = /** @type {HTMLFormElement} */ ($("form", box));
  form.reset();
  clearErrors(form);
  $("h2", box).textContent = title;
  box.showModal();
  return new Promise((resolve) => {
    form.onsubmit = (event) => {
      event.preventDefault();
      const why = control(form, "reason").value.trim();
      if (!why) return showErrors(form, required("reason"));
      resolve(why);
      box.close();
    };
    $("[data-cancel]", box).onclick = () => box.close();
    box.onclose = () => resolve(null);
  });
}

/** @param {string} field */
const required = (field) =>
  new Problem(422, "", [{
    field,
    message: field === "lost_reason" ? "Choose why the lead was lost." : "This is needed.",
  }]);

/** Likely values, so that most answers are one key. @param {HTMLFormElement} form */
function presets(form) {
  control(form, "demo_at").value = localStamp(inDays(1, 10));
  control(form, "resume_on").value = localStamp(inDays(14, 10)).slice(0, 10);
}

/** @param {HTMLFormElement} form @param {string} name */
const control = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/** @param {HTMLFormElement} form @param {string[]} fields */
function answered(form, fields) {
  /** @type {Record<string, string>} */
  const out = {};
  for (const field of fields) {
    const value = String(new FormData(form).get(field) ?? "").trim();
    if (value) out[field] = field === "demo_at" ? new Date(value).toISOString() : value;
  }
  return out;
}
