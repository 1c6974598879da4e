// @ts-check
/** Somebody leaves: says what they have in hand, asks where it goes, and deactivates them. */
import { $, $$, api, clearErrors, on, reason, showErrors, toast } from "./dom.js";
import { carryOut, refreshRegion } from "./forms.js";

/**
 * @typedef {{ leads: Record<string, number>, follow_ups: number, shares: number, teams: number,
 *   reports: number, manager: { id: string, name: string } | null, needs_hand_over: boolean }} Work
 */

/** @param {number} count @param {string} one @param {string} [many] */
const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** What is said of their work, a line each. @param {Work} work */
function lines(work) {
  const { leads, manager } = work;
  const held = leads.on_hold ? `, ${leads.on_hold} of them on hold` : "";
  const out = [];
  if (leads.open + leads.on_hold) out.push(counted(leads.open + leads.on_hold, "open lead") + held);
  if (work.follow_ups) out.push(counted(work.follow_ups, "open follow-up"));
  if (work.shares) out.push(`${counted(work.shares, "lead")} shared with them`);
  if (leads.won + leads.lost) {
    out.push(`${counted(leads.won + leads.lost, "won or lost lead")} kept as their history`);
  }
  const people = [
    work.teams && counted(work.teams, "team"),
    work.reports && counted(work.reports, "person", "people"),
  ].filter(Boolean).join(" and ");
  if (people) {
    out.push(manager ? `${people}: from now on ${manager.name}'s` : `${people}: nobody's`);
  }
  return out.length ? out : ["Nothing open"];
}

/** @param {HTMLElement} button @param {Work} work */
function show(button, work) {
  const box = /** @type {HTMLDialogElement} */ ($("#user-leave"));
  const form = /** @type {HTMLFormElement} */ ($("form", box));
  form.reset();
  clearErrors(form);
  $("h2", box).textContent = `Deactivate ${button.dataset.name}?`;
  $("[data-counts]", box).replaceChildren(
    ...lines(work).map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }),
  );
  const choice = /** @type {HTMLFieldSetElement} */ ($("fieldset", box));
  choice.hidden = !work.needs_hand_over;
  for (const option of /** @type {HTMLOptionElement[]} */ ($$("option", choice))) {
    option.hidden = option.disabled = option.value === button.dataset.leave;
  }
  const select = /** @type {HTMLSelectElement} */ ($("select", choice));
  select.value = $("option:not(:disabled)", choice)?.getAttribute("value") ?? "";
  const radio = (
    /** @type {string} */ value,
  ) => /** @type {HTMLInputElement} */ ($(`[value="${value}"]`, choice));
  $("[data-manager]", choice).textContent = work.manager
    ? `To their manager, ${work.manager.name}`
    : "To their manager: they have none";
  radio("manager").disabled = !work.manager;
  const first = radio(work.manager ? "manager" : "user");
  first.checked = true;
  form.onsubmit = (event) => {
    event.preventDefault();
    leave(button, form, work.needs_hand_over);
  };
  box.showModal();
  (choice.hidden ? $("[type=submit]", box) : first).focus();
}

/** @param {HTMLFormElement} form */
function handOver(form) {
  const data = new FormData(form);
  return data.get("to") === "user"
    ? { to: "user", user: data.get("user") }
    : { to: data.get("to") };
}

/** @param {HTMLElement} button @param {HTMLFormElement} form @param {boolean} needed */
async function leave(button, form, needed) {
  const submit = $("[type=submit]", form);
  if (submit.dataset.busy !== undefined) return;
  submit.dataset.busy = "";
  const { leave: id, version, name } = button.dataset;
  try {
    const body = { active: false, ...(needed && { hand_over: handOver(form) }) };
    await carryOut({ method: "PATCH", path: `/users/${id}`, version }, body);
    form.closest("dialog")?.close();
    await refreshRegion();
    toast(`${name} can no longer sign in`);
  } catch (error) {
    showErrors(form, error);
  } finally {
    delete submit.dataset.busy;
  }
}

on("click", "[data-leave]", async (button) => {
  try {
    show(button, await api("GET", `/users/${button.dataset.leave}/open-work`));
  } catch (error) {
    toast(reason(error));
  }
});
// Who chooses a person means the person.
on("change", "#user-leave select", (select) => {
  const to = $("[value=user]", /** @type {HTMLElement} */ (select.closest("fieldset")));
  /** @type {HTMLInputElement} */ (to).checked = true;
});
