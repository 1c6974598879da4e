// @ts-check
/**
 * One event stream per tab. `lead` and `import` events are passed on as `live:lead` and
 * `live:import` on the document; after a break in the line `live:resync` asks for a fresh look.
 */
import { $, $$, toast } from "./dom.js";
import { openLead } from "./drawer.js";

let broken = false;

/** @param {boolean} on */
function show(on) {
  for (const el of $$("[data-live]")) {
    el.dataset.state = on ? "on" : "off";
    el.textContent = on ? "Live" : "Reconnecting";
  }
  const banner = $("#offline");
  if (banner) banner.hidden = on || navigator.onLine;
}

/** @param {string} name @param {unknown} [detail] */
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

/** @param {any} lead */
function greet(lead) {
  const given = lead.name === "lead.assigned" || lead.name === "lead.created";
  if (!given || !lead.mine || lead.own || !lead.html) return;
  toast(`New lead for you: ${lead.company}`, { label: "Open", run: () => openLead(lead.id) });
}

/** @param {string} url @param {string} me the viewer's id */
export function startLive(url, me) {
  const source = new EventSource(url);
  source.onopen = () => {
    show(true);
    if (broken) tell("live:resync");
    broken = false;
  };
  source.onerror = () => {
    broken = true;
    show(false);
    // The browser gives up by itself only after a refusal, as when the session has ended.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => startLive(url, me), 10_000);
  };
  source.addEventListener("lead", (event) => {
    const lead = JSON.parse(event.data);
    lead.own = (lead.by?.id ?? lead.by) === me;
    tell("live:lead", lead);
    greet(lead);
  });
  source.addEventListener("import", (event) => tell("live:import", JSON.parse(event.data)));
  addEventListener("pagehide", () => source.close());
}

addEventListener("online", () => show(!broken));
addEventListener("offline", () => show(false));
