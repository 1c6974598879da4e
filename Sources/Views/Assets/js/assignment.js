// @ts-check
/** The parts of assignment rules: conditions, how somebody is chosen, and a trial of them all. */
import { $, $$, announce, api, on, reason, toast } from "./dom.js";
import { bodies, bodyOf, checks, isReady, listOf, textsOf } from "./settings.js";

/** @typedef {Record<string, unknown>} Item */


/** An amount typed in major units, in minor ones; null when it is none.
 * @param {string} text @param {number} digits */
function minorUnits(text, digits) {
  const plain = text.replaceAll(/[\s,]/g, "");
  if (!/^\d+(\.\d+)?$/.test(plain)) return null;
  return Math.round(Number(plain) * 10 ** digits);
}

/** @param {string} value `user:<id>` or `team:<id>` @returns {Item | null} */
function target(value) {
  const [kind, ...id] = value.split(":");
  return value ? { [kind]: id.join(":") } : null;
}

/** @param {HTMLElement} row @param {string} name */
const part = (
  row,
  name,
) => /** @type {HTMLInputElement & HTMLSelectElement} */ ($(`[name=${name}]`, row));

/** @param {HTMLElement} row @returns {string} what its field holds: `text`, `amount`, `hours`, … */
const kindOf = (row) => part(row, "field").selectedOptions[0]?.dataset.kind ?? "text";

/** @param {HTMLElement} row @returns {Item} */
function conditionOf(row) {
  const op = part(row, "op").value;
  const input = part(row, "values");
  const text = input.value.trim();
  /** @type {Item} */
  const condition = { field: part(row, "field").value, op };
  if (op === "known" || op === "unknown") return condition;
  if (kindOf(row) === "amount") {
    const minor = minorUnits(text, Number(input.dataset.unit));
    return { ...condition, values: minor === null ? [] : [String(minor)] };
  }
  return { ...condition, values: listOf(text) };
}

/** @param {HTMLElement} item @param {Record<string, string>} text what is typed, by name
 * @returns {Item} */
function ruleOf(item, text) {
  const isOn = (/** @type {string} */ name) => part(item, name).checked;
  const minutes = (/** @type {string} */ name) => text[name] ? Number(text[name]) : null;
  return {
    name: text.name,
    conditions: $$("[data-cond]", item).map(conditionOf),
    to: target(text.to),
    how: {
      method: text.method,
      skills: listOf(text.skills),
      speaks_language: isOn("speaks_language"),
      in_working_hours: isOn("in_working_hours"),
      hold_minutes: minutes("hold_minutes"),
      reoffer_minutes: minutes("reoffer_minutes"),
    },
    active: isOn("active"),
  };
}

/** Shows the comparisons that the field knows, and words that are known of it.
 * @param {HTMLElement} row */
function fit(row) {
  const field = part(row, "field");
  const ops = (field.selectedOptions[0]?.dataset.ops ?? "").split(" ").filter(Boolean);
  const op = part(row, "op");
  for (const option of op.options) {
    option.hidden = option.disabled = ops.length > 0 && !ops.includes(option.value);
  }
  if (op.selectedOptions[0]?.disabled) op.value = ops[0];
  const values = part(row, "values");
  values.hidden = op.value === "known" || op.value === "unknown";
  values.setAttribute("list", `rule-${field.value}`);
  const kind = kindOf(row);
  values.placeholder = kind === "hours"
    ? "inside or outside"
    : kind === "amount"
    ? "25000"
    : op.value === "at_least" || op.value === "at_most"
    ? "A number"
    : "Any of, with commas";
}

/** What cannot be read is said beside its field. @param {HTMLElement} form */
function checkConditions(form) {
  for (const row of $$("[data-cond]", form)) {
    const input = part(row, "values");
    const text = input.hidden ? "x" : input.value.trim();
    const bad = kindOf(row) === "amount" && text !== "x" && minorUnits(text, 0) === null;
    input.setCustomValidity(
      text === "" ? "Say what." : bad ? "Write an amount as 25000 or 25000.50." : "",
    );
  }
}

/** @param {unknown} value @param {string} [name] */
function cell(value, name = "td") {
  const element = document.createElement(name);
  element.textContent = String(value);
  if (typeof value === "number") element.className = "num";
  return element;
}

/** @param {string} caption @param {string[]} heads @param {unknown[][]} rows */
function table(caption, heads, rows) {
  const box = document.createElement("table");
  box.className = "grid";
  box.createCaption().textContent = caption;
  const head = box.createTHead().insertRow();
  heads.forEach((text, place) => {
    const th = cell(text, "th");
    if (typeof rows[0]?.[place] === "number") th.className = "num";
    head.append(th);
  });
  const body = box.createTBody();
  for (const row of rows) body.insertRow().append(...row.map((value) => cell(value)));
  return box;
}

/** @param {HTMLElement} box @param {any} result */
function showTrial(box, result) {
  const title = document.createElement("h3");
  title.textContent = `${result.differing} of ${result.leads} leads would go elsewhere`;
  const note = document.createElement("p");
  note.className = "hint";
  note.textContent = [
    result.cut ? `Only the first ${result.leads} leads of the time were looked at.` : "",
    "As if everybody had been there and had begun with nothing. Nothing was changed.",
  ].filter(Boolean).join(" ");
  const people = result.people.map((/** @type {any} */ one) => [one.name, one.before, one.after]);
  people.push(["Nobody", result.unassigned.before, result.unassigned.after]);
  if (result.waiting) people.push(["Waiting for somebody", 0, result.waiting]);
  const rules = result.rules.map((/** @type {any} */ one) => [one.name, one.leads]);
  const tables = document.createElement("div");
  tables.className = "trial-tables";
  tables.append(
    table("Who has them, and who would", ["Person", "Now", "Draft"], people),
    table("Which rule takes how many", ["Rule", "Leads"], rules),
  );
  box.replaceChildren(title, note, tables);
  if (result.changes.length) {
    const changes = result.changes.map((/** @type {any} */ one) => [
      one.title,
      one.before ?? "Nobody",
      one.after ?? "Nobody",
      one.reason,
    ]);
    box.append(table("The first of them", ["Lead", "Now", "Draft", "Why"], changes));
  }
  box.hidden = false;
  box.tabIndex = -1;
  box.focus();
  announce(title.textContent);
}

/** Tries what stands in the form, saved or not.
 * @param {HTMLButtonElement} button @param {Item} body */
async function tryRules(button, body) {
  button.disabled = true;
  try {
    showTrial($("[data-trial]"), await api("POST", "/assignment/simulations", body));
  } catch (error) {
    toast(`This could not be tried. ${reason(error)}`);
  }
  button.disabled = false;
}

/** @param {Element} el */
const rowOf = (el) => /** @type {HTMLElement} */ (el.closest("[data-cond]"));

/** Lets a form know that it is edited. @param {Element} el */
const edited = (el) => el.dispatchEvent(new Event("input", { bubbles: true }));

on("click", "[data-add-cond]", (button) => {
  const set = /** @type {HTMLElement} */ (button.closest("fieldset"));
  const blank = /** @type {HTMLTemplateElement} */ ($("template", set));
  const list = $("[data-conds]", set);
  list.append(blank.content.cloneNode(true));
  const row = /** @type {HTMLElement} */ (list.lastElementChild);
  fit(row);
  part(row, "field").focus();
  edited(part(row, "field"));
});
on("click", "[data-drop-cond]", (button) => {
  const row = rowOf(button);
  const set = /** @type {HTMLElement} */ (row.closest("fieldset"));
  edited(part(row, "field"));
  row.remove();
  $("[data-add-cond]", set).focus();
  announce("Condition removed");
});
on("input", "[data-cond] select", (control) => fit(rowOf(control)));
// Whatever opens a rule fits its conditions: what was typed is not touched.
on("click", "[data-list=rules] summary", (summary) => {
  const item = /** @type {HTMLElement} */ (summary.closest("[data-item]"));
  $$("[data-cond]", item).forEach(fit);
});

bodies.rules = (form) => {
  const fallback = /** @type {HTMLSelectElement} */ ($("[name=fallback]", form)).value;
  const rules = $$("[data-item]", form).map((item) => ruleOf(item, textsOf(item)));
  return { rules, fallback: target(fallback) };
};
checks.push(checkConditions);

on("click", "[data-try]", (button) => {
  const form = /** @type {HTMLElement} */ (button.closest("form"));
  if (isReady(form)) tryRules(/** @type {HTMLButtonElement} */ (button), /** @type {Item} */ (bodyOf(form)));
});
