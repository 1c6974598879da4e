// @ts-check
/**
 * The sign-in form: company, e-mail and password, then, for who has a second step, the code; then
 * on to where the visitor was going.
 */
import { $, api, clearErrors, on, Problem, showErrors } from "./dom.js";

/** @param {HTMLElement} form @param {"password" | "code"} step */
function show(form, step) {
  for (const part of form.querySelectorAll("[data-step]")) {
    const isShown = part.getAttribute("data-step") === step;
    /** @type {HTMLFieldSetElement} */ (part).hidden = !isShown;
  }
  const code = /** @type {HTMLInputElement} */ ($("[name=code]", form));
  if (step === "password") code.value = "";
  $(step === "code" ? "[name=code]" : "[name=password]", form).focus();
}

/** @param {HTMLElement} form @param {unknown} error */
function refuse(form, error) {
  const asks = error instanceof Problem && error.type.endsWith("#code-needed");
  const step = $("[data-step=code]", form);
  if (asks && step.hidden) return show(form, "code");
  // Whatever else is wrong is said of the password, where it can be put right.
  if (!asks && !step.hidden) show(form, "password");
  if (!asks) return showErrors(form, error);
  const told = { field: "code", message: /** @type {Problem} */ (error).message };
  showErrors(form, new Problem(422, told.message, [told]));
  /** @type {HTMLInputElement} */ ($("[name=code]", form)).select();
}

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
    refuse(form, error);
    delete button.dataset.busy;
  }
});

on("click", "#sign-in [data-back]", (el) => {
  const form = /** @type {HTMLElement} */ (el.closest("form"));
  clearErrors(form);
  show(form, "password");
});

const empty = /** @type {HTMLInputElement | undefined} */ (
  [...document.querySelectorAll("#sign-in input")]
    .find((input) => !(/** @type {HTMLInputElement} */ (input).value))
);
empty?.focus();
