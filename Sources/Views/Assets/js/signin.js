// @ts-check
/** The sign-in form: one request, then on to where the visitor was going. */
import { $, api, clearErrors, on, showErrors } from "./dom.js";

on("submit", "#sign-in", async (el, event) => {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (el);
  clearErrors(form);
  const button = $("[type=submit]", form);
  button.dataset.busy = "";
  try {
    const answer = await api("POST", "/sessions", Object.fromEntries(new FormData(form)));
    const next = String(form.dataset.next ?? "/today");
    location.assign(next.startsWith("/") && !next.startsWith("//") ? next : answer.redirect);
  } catch (error) {
    showErrors(form, error);
    delete button.dataset.busy;
  }
});

const empty = /** @type {HTMLInputElement | undefined} */ (
  [...document.querySelectorAll("#sign-in input")]
    .find((input) => !(/** @type {HTMLInputElement} */ (input).value))
);
empty?.focus();
