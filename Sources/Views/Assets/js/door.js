// @ts-check
/** Forms of pages without a session: one request, then on, or a word that it is done. */
import { $, api, clearErrors, on, showErrors } from "./dom.js";

on("submit", "[data-door]", async (el, event) => {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (el);
  const button = $("[type=submit]", form);
  if (button.dataset.busy !== undefined) return;
  clearErrors(form);
  button.dataset.busy = "";
  try {
    await api("POST", String(form.dataset.door), Object.fromEntries(new FormData(form)));
    // The address is a secret: it does not stay in the history.
    if (form.dataset.next) location.replace(form.dataset.next);
    else showDone();
  } catch (error) {
    showErrors(form, error);
    delete button.dataset.busy;
  }
});

function showDone() {
  $("[data-before]").hidden = true;
  $("[data-after]").hidden = false;
  $("[data-after] [tabindex]").focus();
}

const fields = /** @type {HTMLInputElement[]} */ (
  [...document.querySelectorAll("[data-door] input:not([type=hidden], [readonly])")]
);
(fields.find((input) => !input.value) ?? fields[0])?.focus();
