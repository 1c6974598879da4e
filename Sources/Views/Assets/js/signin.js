// @ts-check
/**
 * The sign-in form: company, e-mail and password, then, for who has a second step, the code; then
 * on to where the visitor was going. A company with an identity provider has a button that leads
 * there.
 */
import { $, api, clearErrors, on, Problem, showErrors } from "./dom.js";

const tenantField = () => /** @type {HTMLInputElement} */ ($("#sign-in [name=tenant]"));

/** Shows the way by the company's identity provider, if it has one. @param {string} tenant */
async function showWays(tenant) {
  const ways = tenant
    ? await api("GET", `/sign-in/ways?tenant=${encodeURIComponent(tenant)}`).catch(() => null)
    : null;
  // Another may have been typed meanwhile.
  if (tenantField().value.trim() !== tenant) return;
  const label = ways?.openid?.label;
  $("[data-provider-name]").textContent = label ?? "";
  $("[data-provider]").hidden = !label;
}

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

on("change", "#sign-in [name=tenant]", (el) => {
  showWays(/** @type {HTMLInputElement} */ (el).value.trim());
});

on("click", "[data-continue]", async (button) => {
  if (button.dataset.busy !== undefined) return;
  const form = $("#sign-in");
  clearErrors(form);
  button.dataset.busy = "";
  try {
    const wish = { tenant: tenantField().value.trim(), next: form.dataset.next };
    location.assign((await api("POST", "/sign-in/openid/attempts", wish)).redirect);
  } catch (error) {
    showErrors(form, error);
    delete button.dataset.busy;
  }
});

// Back from the provider by the browser's own button, the page is as it was left.
addEventListener("pageshow", () => delete $("[data-continue]").dataset.busy);

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
// What the browser filled in by itself is no change.
if (tenantField().value && $("[data-provider]").hidden) showWays(tenantField().value.trim());
