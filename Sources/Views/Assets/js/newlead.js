// @ts-check
/** The new-lead dialog, loaded when it is first asked for. */
import { $, api, clearErrors, currency, dialogFrom, icon, showErrors, toast } from "./dom.js";
import { openLead } from "./drawer.js";
import { changed, refreshPage } from "./moves.js";

/** @param {FormData} data @param {number} digits of the currency's minor unit */
function lead(data, digits) {
  /** @type {Record<string, unknown>} */
  const out = {};
  for (const [name, raw] of data) {
    const text = String(raw).trim();
    if (!text) continue;
    if (name === "value") out.value_minor = Math.round(Number(text) * 10 ** digits);
    else if (name === "tags") out.tags = text.split(",").map((t) => t.trim()).filter(Boolean);
    else out[name] = text;
  }
  return out;
}

/** @param {HTMLFormElement} form @param {HTMLDialogElement} box */
async function create(form, box) {
  clearErrors(form);
  const button = $("[type=submit]", form);
  button.dataset.busy = "";
  try {
    const answer = await api("POST", "/leads", lead(new FormData(form), currency().digits));
    box.close();
    form.reset();
    $("[data-rivals]", form).replaceChildren();
    const name = answer.company ?? answer.contact_name ?? answer.email ?? answer.phone ?? "Lead";
    const words = answer.merged
      ? `${name} was known already; this touch was added to it`
      : `${name} created`;
    toast(words, { label: "Open", run: () => openLead(answer.id) });
    changed(answer.id, answer);
    refreshPage();
  } catch (error) {
    showErrors(form, error);
  } finally {
    delete button.dataset.busy;
  }
}

let looks = 0;

/** What a lead is looked for by. */
const TELLING = ["company", "contact_name", "email", "phone"];

/**
 * Says which leads this may be, each time a telling field is left. That it cannot be asked is no
 * reason to disturb anybody.
 * @param {HTMLFormElement} form
 */
async function look(form) {
  const turn = ++looks;
  const all = lead(new FormData(form), 0);
  const asked = Object.fromEntries(
    TELLING.filter((key) => key in all).map((key) => [key, all[key]]),
  );
  const place = $("[data-rivals]", form);
  const found = Object.keys(asked).length
    ? await api("POST", "/duplicates/check", asked).catch(() => null)
    : null;
  // What was asked for later may be told sooner.
  if (turn === looks) place.replaceChildren(...(found?.data ?? []).slice(0, 3).map(rival));
}

/** @param {{ lead: Record<string, string>, score: number }} found */
function rival({ lead, score }) {
  const line = document.createElement("p");
  line.className = "twin";
  const link = document.createElement("a");
  link.className = "link";
  link.href = `/leads/${lead.id}`;
  link.textContent = [lead.company, lead.contact_name].filter(Boolean).join(", ") || "a lead";
  const words = document.createElement("span");
  words.append("This may be ", link, ` (${Math.min(99, Math.round(score * 100))} %)`);
  line.append(icon("copy", true), words);
  return line;
}

export function newLead() {
  const box = dialogFrom("new-lead");
  const form = /** @type {HTMLFormElement} */ ($("form", box));
  form.onsubmit = (event) => {
    event.preventDefault();
    create(form, box);
  };
  form.onchange = (event) => {
    const { name } = /** @type {HTMLInputElement} */ (event.target);
    if (TELLING.includes(name)) look(form);
  };
  $("[data-cancel]", box).onclick = () => box.close();
  if (!box.open) box.showModal();
  $("input", box).focus();
}
