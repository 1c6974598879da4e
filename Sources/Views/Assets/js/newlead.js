// @ts-check
/** The new-lead dialog, loaded when it is first asked for. */
import { $, api, clearErrors, currency, dialogFrom, showErrors, toast } from "./dom.js";
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

export function newLead() {
  const box = dialogFrom("new-lead");
  const form = /** @type {HTMLFormElement} */ ($("form", box));
  form.onsubmit = (event) => {
    event.preventDefault();
    create(form, box);
  };
  $("[data-cancel]", box).onclick = () => box.close();
  if (!box.open) box.showModal();
  $("input", box).focus();
}
