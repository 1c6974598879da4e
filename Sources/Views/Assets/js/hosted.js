// @ts-check
/* A form on somebody else's page, in a shadow root so that styles do not meet. The page may set
   --iperform-accent, -font and -radius, or style the parts field, label, input, button. */
(() => {
  /** @typedef {{ title: string, address: string, stamp: string, thanks: string, trap: string,
   *   stampName: string }} Settings */
  const page = /** @type {{ iPerformForm?: Settings }} */ (self);
  const script = document.currentScript;
  const settings = page.iPerformForm;
  delete page.iPerformForm;
  if (!settings || !script) return;

  /** @type {[name: string, label: string, type: string, autofill: string][]} */
  const FIELDS = [
    ["company", "Company", "text", "organization"],
    ["contact_name", "Your name", "text", "name"],
    ["email", "Email", "email", "email"],
    ["phone", "Phone", "tel", "tel"],
    ["notes", "How can we help?", "textarea", "off"],
  ];
  const STYLE = `
:host { display: block; max-width: 30rem; font-size: 16px; line-height: 1.5; }
form { display: grid; gap: .875rem; font-family: var(--iperform-font, inherit); }
label { display: block; font-size: .875em; font-weight: 550; margin-bottom: .25rem; }
input, textarea { box-sizing: border-box; width: 100%; padding: .5rem .625rem; font: inherit;
color: inherit; background: transparent; border: 1px solid currentcolor;
border-color: color-mix(in srgb, currentcolor 55%, transparent);
border-radius: var(--iperform-radius, 7px); }
textarea { min-height: 6em; resize: vertical; }
[aria-invalid] { border-color: #c22f2f; }
:is(input, textarea, button):focus-visible { outline: 3px solid
color-mix(in srgb, var(--iperform-accent, #3b5bdb) 45%, transparent); outline-offset: 1px; }
button { justify-self: start; min-height: 44px; padding: 0 1.25rem; font: inherit;
font-weight: 600; color: #fff; background: var(--iperform-accent, #3b5bdb); border: 0;
border-radius: var(--iperform-radius, 7px); cursor: pointer; }
button:disabled { opacity: .6; }
.error { color: #c22f2f; font-size: .875em; margin: .25rem 0 0; }
.trap { position: absolute; left: -200vw; }
[hidden] { display: none; }`;

  /** @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} inside */
  const make = (tag, attributes = {}, ...inside) => {
    const el = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
    el.append(...inside);
    return el;
  };

  /** @param {typeof FIELDS[number]} field */
  const control = ([name, label, type, autofill]) => {
    const area = type === "textarea";
    const shared = {
      id: name,
      name,
      part: "input",
      autocomplete: autofill,
      "aria-describedby": `${name}-error`,
    };
    return make(
      "div",
      { part: "field" },
      make("label", { for: name, part: "label" }, label),
      area ? make("textarea", shared) : make("input", { ...shared, type }),
      make("p", { class: "error", id: `${name}-error`, hidden: "" }),
    );
  };

  const host = make("div", { class: "iperform-form" });
  const root = host.attachShadow({ mode: "open" });
  // Works where the page's policy forbids inline styles, too.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const problem = make("p", { class: "error", role: "alert", hidden: "" });
  const button =
    /** @type {HTMLButtonElement} */ (make("button", { type: "submit", part: "button" }, "Send"));
  const trap = make("input", { name: settings.trap, tabindex: "-1", autocomplete: "off" });
  const form = /** @type {HTMLFormElement} */ (make(
    "form",
    { novalidate: "", "aria-label": settings.title },
    ...FIELDS.map(control),
    make("div", { class: "trap", "aria-hidden": "true" }, trap),
    problem,
    button,
  ));
  root.append(form);
  script.after(host);

  /** @param {Element | null} line @param {string} text */
  const say = (line, text) => {
    if (!(line instanceof HTMLElement)) return;
    line.textContent = text;
    line.hidden = !text;
  };

  /** @param {{ detail?: string, errors?: { field: string, message: string }[] }} answer */
  const refuse = (answer) => {
    const rest = (answer.errors ?? []).filter(({ field, message }) => {
      const input = root.getElementById(field);
      if (!input) return true;
      input.setAttribute("aria-invalid", "true");
      say(root.getElementById(`${field}-error`), message);
      return false;
    });
    const first = /** @type {HTMLElement | null} */ (root.querySelector("[aria-invalid]"));
    first?.focus();
    if (rest.length) say(problem, rest.map((one) => one.message).join(" "));
    else if (!first) say(problem, answer.detail ?? "This could not be sent. Please try again.");
  };

  const send = async () => {
    const body = {
      ...Object.fromEntries(new FormData(form)),
      [settings.stampName]: settings.stamp,
    };
    const reply = await fetch(settings.address, {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await reply.json().catch(() => ({}));
    if (!reply.ok) return refuse(answer);
    const thanks = make(
      "p",
      { role: "status", tabindex: "-1" },
      answer.message ?? settings.thanks,
    );
    form.replaceWith(thanks);
    thanks.focus();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const line of root.querySelectorAll(".error")) say(line, "");
    for (const bad of root.querySelectorAll("[aria-invalid]")) bad.removeAttribute("aria-invalid");
    button.disabled = true;
    await send().catch(() => refuse({}));
    button.disabled = false;
  });
})();
