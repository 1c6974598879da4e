// @ts-check
/** Changes to leads from anywhere on a page: move, assign, undo, and the questions a move asks. */
import { $, $$, api, fragment, inTurn, Problem, reason, swapParts, toast } from "./dom.js";

/**
 * A lead as the page knows it.
 * @typedef {{ id: string, name: string, stage: string, version: string, lacks: string[],
 *   el: HTMLElement }} Lead
 */

/** @param {HTMLElement} el a card, row or open record @returns {Lead} */
export function leadOf(el) {
  const head = $("[data-part=head]", el) ?? el;
  return {
    id: String(el.dataset.id ?? el.dataset.lead),
    name: String(el.dataset.name),
    stage: String(head.dataset.stage),
    version: String(head.dataset.version),
    lacks: (head.dataset.lacks ?? "").split(" "),
    el,
  };
}

/** Whether the viewer may do it to all of them: "work", "close" or "assign".
 * @param {Lead[]} leads @param {string} act */
export const may = (leads, act) => leads.every((lead) => !lead.lacks.includes(act));

/** Whether the viewer may move them to some stage. @param {Lead[]} leads */
export const mayMove = (leads) => may(leads, "work") || may(leads, "close");

/** The lead a key press means: the open one, else the focused one. @returns {Lead | null} */
export function currentLead() {
  const open = $("dialog.drawer[open] article[data-lead]");
  const focused = document.activeElement?.closest("[data-record]");
  const el = open ?? /** @type {HTMLElement | null} */ (focused) ?? $("main article[data-lead]");
  return el ? leadOf(el) : null;
}

/** The selected rows, else the current lead. @returns {Lead[]} */
export function targetLeads() {
  const rows = $$("tr[data-record]:has(input[data-select]:checked)");
  if (rows.length && !$("dialog.drawer[open]")) return rows.map(leadOf);
  const lead = currentLead();
  return lead ? [lead] : [];
}

/** @param {string} list "stages" or "people" @returns {HTMLOptionElement[]} */
export const choices = (list) =>
  [...document.querySelectorAll(`#${list} option`)]
    .map((o) => /** @type {HTMLOptionElement} */ (o));

/** @param {string} key @returns {string} */
export const stageLabel = (key) =>
  choices("stages").find((o) => o.value === key)?.text ?? key.replaceAll("_", " ");

/** Tells every part of the page that a lead changed on the server.
 * @param {string} id @param {any} [lead] the API's answer */
export function changed(id, lead) {
  if (lead?.version !== undefined) {
    const own = $$(`[data-record][data-id="${id}"], article[data-lead="${id}"] [data-part=head]`);
    for (const el of own) el.dataset.version = String(lead.version);
  }
  document.dispatchEvent(new CustomEvent("lead:changed", { detail: { id, lead } }));
}

/** Live events so far: one that comes while a page is read may not be in what was read. */
let heard = 0;
document.addEventListener("live:lead", () => heard += 1);

/** Loads the page's own content again and puts it in place. */
export const refreshPage = inTurn(async () => {
  const main = $("#main");
  if (!$("[data-part]", main) || $(".dragging")) return;
  const before = heard;
  try {
    swapParts(main, await fragment(location.pathname + location.search));
  } catch (error) {
    toast(reason(error));
  }
  if (heard !== before) setTimeout(refreshPage, 400);
});

/** @param {string | undefined} change @param {() => void} [after] */
const undoable = (change, after) =>
  change ? { label: "Undo", run: () => undo(change, after) } : null;

/** @param {string} change @param {() => void} [after] */
async function undo(change, after) {
  try {
    const { failed } = await api("POST", `/changes/${change}/undo`);
    after?.();
    toast(failed?.length ? `Undone, except ${failed.length}: ${failed[0].detail}` : "Undone");
    document.dispatchEvent(new CustomEvent("lead:undone"));
  } catch (error) {
    toast(reason(error));
  }
}

class Cancelled extends Error {}
/** @param {unknown} error */
export const isCancelled = (error) => error instanceof Cancelled;

const questions = ["lost_reason", "lost_note", "demo_at", "resume_on", "note"];

/**
 * Sends a move; when the server names missing fields, asks for exactly those and sends again.
 * @param {string} name the lead's @param {string} to
 * @param {(answers: Record<string, string>) => Promise<any>} send
 */
export async function withQuestions(name, to, send) {
  /** @type {Record<string, string>} */
  let answers = {};
  for (;;) {
    try {
      return await send(answers);
    } catch (error) {
      const fields = missing(error);
      if (!fields.length) throw error;
      const { ask } = await import("./questions.js");
      const more = await ask({ name, to, fields, before: answers });
      if (!more) throw new Cancelled();
      answers = { ...answers, ...more };
    }
  }
}

/** @param {unknown} error @returns {string[]} the questions it asks */
function missing(error) {
  if (!(error instanceof Problem) || error.status !== 422) return [];
  const names = error.errors.map((e) => e.field.replace(/^transition\./, ""));
  return names.every((n) => questions.includes(n)) ? names : [];
}

/** @param {number} days from today @param {number} hour in the user's own zone */
export function inDays(days, hour) {
  const date = new Date();
  date.setDate(date.getDate() + days);
  date.setHours(hour, 0, 0, 0);
  return date;
}

/** For a datetime-local control. @param {Date} date */
export const localStamp = (date) =>
  new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

/**
 * Moves one lead: `apply` shows it at once, `revert` takes it back when the server refuses.
 * @param {Lead} lead @param {string} to
 * @param {{ apply?: () => void, revert?: () => void }} [show]
 */
export async function moveLead(lead, to, show = {}) {
  if (to === lead.stage) return;
  show.apply?.();
  try {
    const answer = await withQuestions(
      lead.name,
      to,
      (answers) => api("POST", `/leads/${lead.id}/transition`, { to, ...answers }),
    );
    changed(lead.id, answer);
    const won = to === "won";
    const words = won ? `${lead.name} is won. Well done!` : `${lead.name} → ${stageLabel(to)}`;
    toast(words, undoable(answer.change, show.revert), won ? "won" : "");
  } catch (error) {
    show.revert?.();
    if (!isCancelled(error)) toast(`${lead.name} was not moved. ${reason(error)}`);
  }
}

/** @param {Lead[]} leads @param {string} to */
export async function moveAll(leads, to) {
  if (leads.length === 1) return moveLead(leads[0], to);
  await bulk(
    leads,
    `${leads.length} leads`,
    (name, ids) =>
      withQuestions(
        name,
        to,
        (answers) => api("POST", "/leads/transitions", { ids, to, ...answers }),
      ),
    `→ ${stageLabel(to)}`,
  );
}

/** @param {Lead[]} leads @param {string} owner @param {string} ownerName */
export async function assignAll(leads, owner, ownerName) {
  if (leads.length > 1) {
    return bulk(
      leads,
      `${leads.length} leads`,
      async (name, ids) => {
        const { askReason } = await import("./questions.js");
        const why = await askReason(`Why does ${ownerName} get ${name}?`);
        if (why === null) throw new Cancelled();
        return api("POST", "/leads/assignments", { ids, owner, reason: why });
      },
      `→ ${ownerName}`,
    );
  }
  const [lead] = leads;
  try {
    const answer = await api("POST", `/leads/${lead.id}/assignment`, { owner });
    changed(lead.id, answer);
    toast(`${lead.name} → ${ownerName}`, undoable(answer.change));
  } catch (error) {
    toast(`${lead.name} was not assigned. ${reason(error)}`);
  }
}

/**
 * @param {Lead[]} leads @param {string} name
 * @param {(name: string, ids: string[]) => Promise<any>} send @param {string} words
 */
async function bulk(leads, name, send, words) {
  try {
    const { done, failed, change } = await send(name, leads.map((l) => l.id));
    const rest = failed?.length ? `, ${failed.length} not: ${failed[0].detail}` : "";
    toast(`${done} leads ${words}${rest}`, undoable(change));
    for (const lead of leads) changed(lead.id);
  } catch (error) {
    if (!isCancelled(error)) toast(`Nothing was changed. ${reason(error)}`);
  }
}

/** Says it, with Undo when it can be undone.
 * @param {string} text @param {string} [change] */
export const toastChange = (text, change) => toast(text, undoable(change));
