// @ts-check
/** Sharing a lead and handing a follow-up on, loaded when it is first asked for. */
import { $, api, clearErrors, dialogFrom, Problem, reason, showErrors, toast } from "./dom.js";
import { changed, refreshPage } from "./moves.js";
import { people, pick } from "./palette.js";

/** @typedef {{ id: string, name: string }} Named */

/** As what somebody may have a lead besides its owner. */
const relations = [
  { relation: "co_owner", label: "A co-owner, who works it too", icon: "users" },
  { relation: "warrior", label: "A warrior, who works on it for the owner", icon: "user-plus" },
  { relation: "watcher", label: "A watcher, who sees it", icon: "eye" },
  { relation: "partner", label: "A partner company", icon: "handshake" },
];

/** @param {Named} lead */
export function shareLead(lead) {
  pick(
    `Share ${lead.name} with…`,
    relations.map(({ relation, label, icon }) => ({
      group: "As",
      label,
      icon,
      run: () => pickHolder(lead, relation),
    })),
  );
}

/** @param {Named} lead @param {string} relation */
async function pickHolder(lead, relation) {
  /** @param {Record<string, string>} holder @param {string} name */
  const share = (holder, name) => details(lead, relation, holder, name);
  if (relation !== "partner") {
    return pick(`Share ${lead.name} with…`, people((user, name) => share({ user }, name)));
  }
  try {
    const { data } = await api("GET", "/partners");
    const active = data.filter((/** @type {{ active: boolean }} */ p) => p.active);
    if (active.length === 0) return toast("There is no partner company yet. An admin adds one.");
    pick(
      `Hand ${lead.name} to…`,
      active.map((/** @type {Named} */ p) => ({
        group: "Partners",
        label: p.name,
        icon: "handshake",
        run: () => share({ partner: p.id }, p.name),
      })),
    );
  } catch (error) {
    toast(reason(error));
  }
}

/** @param {Named} lead @param {string} relation @param {Record<string, string>} holder
 * @param {string} name the holder's */
async function details(lead, relation, holder, name) {
  try {
    const isCoOwner = relation === "co_owner";
    const free = isCoOwner ? await creditLeft(lead.id, holder.user) : 0;
    ask({
      title: `Share ${lead.name} with ${name}`,
      submit: "Share",
      free: isCoOwner ? free : null,
      send: (given) => api("POST", `/leads/${lead.id}/shares`, { ...holder, relation, ...given }),
      done: (answer) => {
        changed(lead.id, answer);
        toast(`${lead.name} is shared with ${name}`);
      },
    });
  } catch (error) {
    toast(reason(error));
  }
}

/** What the owner has of the credit, with what the holder has of it already: basis points.
 * @param {string} lead @param {string} user */
async function creditLeft(lead, user) {
  const { data, owner_credit_bp } = await api("GET", `/leads/${lead}/shares`);
  const own = data.find((/** @type {{ user: string }} */ share) => share.user === user);
  return owner_credit_bp + (own?.credit_bp ?? 0);
}

/** @param {HTMLElement} row of the follow-up @param {Named} lead */
export function handOver(row, lead) {
  const path = `/follow-ups/${row.dataset.followUp}/hand-over`;
  pick(
    "Hand this follow-up to…",
    people((user, name) =>
      ask({
        title: `Hand it to ${name}`,
        submit: "Hand over",
        free: null,
        send: (given) => api("POST", path, { user, ...given }),
        done: () => {
          changed(lead.id);
          refreshPage();
          toast(`${name} has it, and sees the lead until it is done`);
        },
      })
    ),
  );
}

/** @param {HTMLElement} row of the follow-up @param {Named} lead */
export async function recall(row, lead) {
  try {
    await api("DELETE", `/follow-ups/${row.dataset.followUp}/hand-over`);
    changed(lead.id);
    refreshPage();
    toast("Taken back");
  } catch (error) {
    toast(reason(error));
  }
}

/**
 * Asks for what is left to say, and sends it.
 * @param {{ title: string, submit: string, free: number | null,
 *   send: (given: Record<string, unknown>) => Promise<any>, done: (answer: any) => void }} step
 *   `free`: basis points of credit that can be given; null when there is no question of credit
 */
function ask({ title, submit, free, send, done }) {
  const box = dialogFrom("share");
  const form = /** @type {HTMLFormElement} */ ($("form", box));
  form.reset();
  clearErrors(form);
  $("h2", box).textContent = title;
  $("[type=submit]", box).textContent = submit;
  $("[data-credit]", box).hidden = free === null;
  const credit = control(form, "credit_bp");
  credit.inputMode = "decimal";
  credit.oninput = () => showRest(form, free ?? 0);
  showRest(form, free ?? 0);
  form.onsubmit = async (event) => {
    event.preventDefault();
    clearErrors(form);
    try {
      const answer = await send(given(form, free));
      box.close();
      done(answer);
    } catch (error) {
      showErrors(form, error);
    }
  };
  box.showModal();
  control(form, free === null ? "until" : "credit_bp").focus();
}

/** @param {HTMLFormElement} form @param {string} name */
const control = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/** Basis points; null for what is no percentage with two decimals at most.
 * @param {string} text */
function basisPoints(text) {
  const plain = text.trim().replace("%", "").trim().replace(",", ".");
  if (plain === "") return 0;
  return /^\d{1,3}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : null;
}

/** @param {number} points */
const percent = (points) => `${points / 100} %`;

/** Says what remains for the owner. @param {HTMLFormElement} form @param {number} free */
function showRest(form, free) {
  const points = basisPoints(control(form, "credit_bp").value);
  const hint = $("#share-credit_bp-hint");
  hint.hidden = false;
  hint.textContent = points === null || points > free
    ? `Write a percentage up to ${percent(free)}, as 12.5.`
    : `The owner keeps ${percent(free - points)}.`;
}

/** What was typed, as the API takes it. @param {HTMLFormElement} form
 * @param {number | null} free @returns {Record<string, unknown>} */
function given(form, free) {
  /** @type {Record<string, unknown>} */
  const body = {};
  const day = control(form, "until").value;
  if (day) body.until = new Date(`${day}T23:59:00`).toISOString();
  if (free === null) return body;
  const points = basisPoints(control(form, "credit_bp").value);
  if (points === null || points > free) {
    const message = `Write a percentage up to ${percent(free)}, as 12.5.`;
    throw new Problem(422, "", [{ field: "credit_bp", message }]);
  }
  return { ...body, credit_bp: points };
}
