// The app's first screen: what waits, the accounts, and adding one.

import * as api from "./api.js";
import { avatar } from "./brand.js";
import { placeName, t } from "./texts.js";
import { $, el, exactTime, icon, ring, setRing, now, timeLeft } from "./ui.js";

export function setUpHome({ onPaired }) {
  $("pair").addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? $("pair").querySelector("button");
    button.disabled = true;
    button.textContent = t("pairBusy");
    showPairError(null);
    try {
      const account = await api.pair($("pair-link").value);
      $("pair").reset();
      onPaired(account);
    } catch (error) {
      showPairError(error.message);
    }
    button.disabled = false;
    button.textContent = t("pairSubmit");
  });
}

function showPairError(message) {
  $("pair-error").hidden = !message;
  $("pair-error").textContent = message ?? "";
}

export function renderHome(state, { onOpen, onShowCode }) {
  $("nothing").hidden = state.pending.length > 0 || state.accounts.length === 0;
  $("waiting-title").parentElement.hidden = state.accounts.length === 0 && state.pending.length === 0;
  $("no-accounts").hidden = state.accounts.length > 0;
  replace($("pending"), state.pending.map((request) => pendingItem(request, onOpen)));
  $("several").hidden = state.pending.length < 2;
  $("several").textContent = t("several", state.pending.length);
  replace($("accounts"), state.accounts.map((account) => accountItem(account, onShowCode)));
  $("trouble").hidden = !state.trouble;
  $("trouble").textContent = state.trouble ?? "";
}

/** Replaces the items, and keeps the focus where it was. */
function replace(list, items) {
  const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
  list.replaceChildren(...items);
  list.hidden = items.length === 0;
  if (focused >= 0) list.children[Math.min(focused, items.length - 1)]?.querySelector("button")?.focus();
}

function pendingItem(request, onOpen) {
  const countdown = ring();
  const item = el("button", { type: "button", "data-testid": "pending-item", onclick: () => onOpen(request.id) },
    countdown,
    el("span", { class: "item-text" },
      el("strong", {}, request.application),
      el("span", {}, request.account),
      el("span", {}, t("browserOn", request.browser, request.system)),
      el("span", {}, `${placeName(request.place)} · ${exactTime(request.asked_at)}`)),
    icon("next"));
  setRing(countdown, (request.expires_at - now()) / (request.expires_at - request.asked_at));
  return el("li", {}, item);
}

function accountItem(account, onShowCode) {
  const waits = account.state === "unconfirmed" && account.code;
  const state = { active: "stateActive", unconfirmed: "stateUnconfirmed" }[account.state];
  const lost = account.state === "active" && account.push === "lost";
  const content = [
    avatar(account),
    el("span", { class: "item-text" },
      el("strong", {}, account.tenant),
      el("span", {}, account.account),
      el("span", { class: `badge ${account.state}` }, t(state)),
      lost ? el("span", { class: "badge lost", "data-testid": "push-lost" }, t("pushLost")) : null),
  ];
  if (!waits) return el("li", { class: "item" }, ...content);
  return el("li", {},
    el("button", { type: "button", onclick: () => onShowCode(account) }, ...content, icon("next")));
}

/** The code that the browser asks for, in the sheet. */
export function pairingView(account, close) {
  const digits = [...account.code];
  const left = el("p", { class: "quiet" });
  const tick = () => {
    const over = now() >= account.expires_at;
    left.textContent = over ? t("pairOver") : t("pairLeft", timeLeft(account.expires_at));
  };
  tick();
  const view = el("div", { class: "view result" },
    el("h2", { id: "sheet-title", tabindex: "-1" }, t("pairTitle")),
    el("p", { class: "pair-code", "data-testid": "pair-code", role: "img", "aria-label": digits.join(" ") },
      el("span", {}, digits.slice(0, 3).join("")), el("span", {}, digits.slice(3).join(""))),
    el("p", {}, t("pairText", account.account, account.tenant)),
    left,
    el("div", { class: "foot" }, el("button", { class: "wide soft", type: "button", onclick: close }, t("back"))));
  return { view, tick };
}
