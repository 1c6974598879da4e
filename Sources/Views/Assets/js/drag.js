// @ts-check
/** Dragging cards with mouse, pen or finger; a dock takes what leaves the board. */
import { $, $$ } from "./dom.js";
import { leadOf, may, mayMove } from "./moves.js";

const longPress = 260; // ms a finger rests before a card lifts, so that scrolling still works
const slop = 5; // px a pointer may tremble before a press is a drag

/** @typedef {(card: HTMLElement, to: string, before: Element | null) => void} Drop */

/** One drag, from press to drop. */
class Drag {
  /** @param {HTMLElement} card @param {PointerEvent} down @param {Drop} drop */
  constructor(card, down, drop) {
    this.card = card;
    this.drop = drop;
    this.rect = card.getBoundingClientRect();
    this.x = this.startX = down.clientX;
    this.y = this.startY = down.clientY;
    this.pointer = down.pointerId;
    this.touch = down.pointerType === "touch";
    this.lifted = false;
    this.frame = 0;
    /** @type {HTMLElement | null} */
    this.over = null;
    this.slot = document.createElement("li");
    this.ghost = card;
    this.stop = new AbortController();
    const options = { signal: this.stop.signal };
    addEventListener("pointermove", (event) => this.move(event), options);
    addEventListener(
      "pointerup",
      (event) => event.pointerId === this.pointer && this.up(),
      options,
    );
    addEventListener("pointercancel", () => this.end(), options);
    addEventListener("blur", () => this.end(), options);
    addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.lifted) return;
      event.stopPropagation();
      this.end();
    }, { ...options, capture: true });
    // A lifted card must not scroll the column under the finger.
    addEventListener("touchmove", (event) => this.lifted && event.preventDefault(), {
      ...options,
      passive: false,
    });
    this.timer = this.touch ? setTimeout(() => this.lift(), longPress) : 0;
  }

  lift() {
    this.lifted = true;
    this.ghost = /** @type {HTMLElement} */ (this.card.cloneNode(true));
    this.ghost.classList.add("ghost-card");
    this.ghost.removeAttribute("data-record");
    this.ghost.style.setProperty("--w", `${this.rect.width}px`);
    this.slot.className = "slot";
    this.slot.style.setProperty("--h", `${this.rect.height}px`);
    this.card.classList.add("lifted");
    document.body.append(this.ghost);
    document.documentElement.classList.add("dragging");
    document.documentElement.classList.toggle("no-close", !may([leadOf(this.card)], "close"));
    if (this.touch) navigator.vibrate?.(12);
    this.tick();
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (event.pointerId !== this.pointer) return;
    this.x = event.clientX;
    this.y = event.clientY;
    if (this.lifted) {
      event.preventDefault();
      this.frame ||= requestAnimationFrame(() => this.tick());
    } else if (Math.hypot(this.x - this.startX, this.y - this.startY) > slop) {
      if (this.touch) this.end();
      else this.lift();
    }
  }

  tick() {
    this.frame = 0;
    const left = this.x - (this.startX - this.rect.left);
    const top = this.y - (this.startY - this.rect.top);
    this.ghost.style.transform = `translate(${left}px, ${top}px)`;
    this.scroll();
    const hit = document.elementFromPoint(this.x, this.y)?.closest(".dock [data-outcome], .col");
    const target = /** @type {HTMLElement | null} */ (hit ?? null);
    if (target !== this.over) {
      this.over?.classList.remove("over");
      target?.classList.add("over");
      this.over = target;
    }
    this.putSlot();
  }

  /** Near an edge the board scrolls, and goes on while the pointer rests there. */
  scroll() {
    const board = $("#board");
    const edge = board.getBoundingClientRect();
    const step = this.x > edge.right - 60 ? 14 : this.x < edge.left + 60 ? -14 : 0;
    if (!step) return;
    board.scrollLeft += step;
    this.frame ||= requestAnimationFrame(() => this.tick());
  }

  putSlot() {
    const list = this.over?.matches(".col") ? $(".cards", this.over) : null;
    if (!list) return this.slot.remove();
    const next = $$(".card:not(.lifted)", list).find((card) => {
      const rect = card.getBoundingClientRect();
      return this.y < rect.top + rect.height / 2;
    }) ?? $(":scope > .more, :scope > .none", list);
    if (this.slot.parentElement === list && this.slot.nextElementSibling === next) return;
    list.insertBefore(this.slot, next);
  }

  up() {
    if (!this.lifted) return this.end();
    cancelAnimationFrame(this.frame);
    this.tick();
    const to = this.over?.dataset.outcome ?? this.over?.dataset.stage;
    const before = this.slot.nextElementSibling;
    this.end();
    swallowClick();
    if (to && to !== this.card.dataset.stage) this.drop(this.card, to, before);
  }

  end() {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    this.stop.abort();
    if (!this.lifted) return;
    this.lifted = false;
    this.ghost.remove();
    this.slot.remove();
    this.over?.classList.remove("over");
    this.card.classList.remove("lifted");
    document.documentElement.classList.remove("dragging");
  }
}

/** The click that follows a drop would open the lead. */
function swallowClick() {
  const stop = new AbortController();
  addEventListener("click", (event) => {
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true, once: true, signal: stop.signal });
  setTimeout(() => stop.abort(), 50);
}

/** @param {Drop} drop called when a card lands on another stage */
export function startDrag(drop) {
  document.addEventListener("pointerdown", (down) => {
    const card = down.target instanceof Element ? down.target.closest(".card") : null;
    if (!(card instanceof HTMLElement) || down.button || !mayMove([leadOf(card)])) return;
    new Drag(card, down, drop);
  });
  document.addEventListener("dragstart", (event) => {
    if (event.target instanceof Element && event.target.closest(".card")) event.preventDefault();
  });
}
