// @ts-check
/** Saved views: a filtered list gets a name, and loses it again. Loaded when first asked for. */
import { $, api, clearErrors, dialogFrom, reason, showErrors, toast } from "./dom.js";

/** Asks for a name and keeps the list under it. @param {HTMLElement} button */
export function saveView(button) {
  const box = dialogFrom("save-view");
  const form = /** @type {HTMLFormElement} */ ($("form", box));
  form.reset();
  clearErrors(form);
  form.onsubmit = async (event) => {
    event.preventDefault();
    const name = String(new FormData(form).get("name") ?? "").trim();
    const { saveView: place, query } = button.dataset;
    const submit = $("[type=submit]", form);
    submit.dataset.busy = "";
    try {
      await api("POST", "/views", { name, place, query });
      box.close();
      location.reload();
    } catch (error) {
      showErrors(form, error);
    } finally {
      delete submit.dataset.busy;
    }
  };
  box.showModal();
  $("input", box).focus();
}

/** @param {HTMLElement} button */
export async function removeView(button) {
  try {
    await api("DELETE", `/views/${button.dataset.removeView}`);
    location.reload();
  } catch (error) {
    toast(`${button.dataset.name} was not removed. ${reason(error)}`);
  }
}
