// The sheet: one approval request, from "is this you?" to how it ended.

import * as api from "./api.js";
import { avatar, paint } from "./brand.js";
import { primerView } from "./primer.js";
import { consequences, resultLabel, resultView } from "./results.js";
import { placeName, t } from "./texts.js";
import { $, announce, calm, el, exactTime, icon, now, ring, setRing, sleep, timeLeft } from "./ui.js";

const FACE_MS = 900;

let open = null; // { id, request, account, stage, tick, busy, onClosed }
let before = null;
let unexplained = false;

/** Whether it is still to be said why a face is asked for. */
export const explainBiometrics = (still) => (unexplained = still);

export const openRequest = () => (open && open.request && !open.over ? open.request.id : null);
export const isOpen = () => open !== null;

/** Opens the sheet on a request to an account. */
export function review(request, account, onClosed) {
  begin({ request, account, onClosed });
  show(reviewView(request), question(request));
}

/** Opens the sheet on any view; `tick` is called each second. */
export function present({ view, tick }, label, extra = {}) {
  begin({ ...extra });
  open.tick = tick;
  show(view, label);
}

/** Shows how it ended. */
export function end(kind, message) {
  if (!open) begin({});
  open.over = true;
  open.kind = kind;
  open.tick = open.key = null;
  const { request, again } = open;
  const tryAgain = () => {
    open.over = false;
    again();
  };
  const onRetry = kind === "error" && request && again ? tryAgain : null;
  show(resultView(kind, message, { onRetry, onClose: close }), resultLabel(kind, message));
}

export function close() {
  if (!open || open.busy) return;
  const { onClosed } = open;
  open = null;
  $("sheet").hidden = $("veil").hidden = true;
  $("app").inert = false;
  (before?.isConnected && before.offsetParent ? before : $("home-bar")).focus({ preventScroll: true });
  onClosed?.();
}

/** Each second: time left, and the end of it. */
export function tick() {
  open?.tick?.();
  if (open?.request && !open.over && !open.busy && now() >= open.request.expires_at) end("expired");
}

/** The phone's list no longer has the open request. */
export function vanished() {
  if (open?.request && !open.over && !open.busy) end(now() >= open.request.expires_at ? "expired" : "elsewhere");
}

/** Digits typed on a keyboard go to the number pad. */
export function key(event) {
  if (event.key === "Escape") close();
  else open?.key?.(event);
}

export const current = () => open;

function begin(fresh) {
  if (!open) before = document.activeElement;
  open = fresh;
  $("app").inert = true;
}

function show(view, label) {
  const sheet = $("sheet");
  sheet.replaceChildren(view);
  sheet.scrollTop = 0;
  sheet.hidden = $("veil").hidden = false;
  view.querySelector("#sheet-title")?.focus({ preventScroll: true });
  announce(label);
}

function reviewView(request) {
  const countdown = ring();
  const left = el("span", { class: "left-text" });
  open.tick = () => {
    left.textContent = t("timeLeft", timeLeft(request.expires_at));
    setRing(countdown, (request.expires_at - now()) / (request.expires_at - request.asked_at));
  };
  open.tick();
  open.key = null;
  const row = (name, value, more) => el("div", {}, el("dt", {}, t(name)), el("dd", { class: more }, value));
  return el("div", { class: "view" },
    el("div", { class: "grabber", "aria-hidden": "true" }),
    el("p", { class: "left" }, countdown, left),
    el("h2", { id: "sheet-title", tabindex: "-1" }, question(request)),
    paint(el("div", { class: "card", "data-testid": "request-card" },
      el("p", { class: "who" }, open.account ? avatar(open.account) : null,
        el("strong", {}, request.application), el("span", {}, request.account)),
      el("dl", {},
        row("browser", t("browserOn", request.browser, request.system)),
        row("place", placeName(request.place)),
        row("address", request.address, "figures"),
        row("asked", exactTime(request.asked_at), "figures"))), open.account),
    el("div", { class: "foot" },
      el("div", { class: "choices" },
        el("button", { class: "deny", type: "button", "data-testid": "deny", onclick: () => refuse("deny") }, icon("cross"), t("deny")),
        el("button", { class: "approve", type: "button", "data-testid": "approve", onclick: approvePressed }, icon("tick"), t("approve"))),
      el("button", { class: "quiet-button", type: "button", "data-testid": "report", onclick: askReport }, icon("shield"), t("report"))));
}

function question(request) {
  return t("question")[request.purpose];
}

function backToReview() {
  show(reviewView(open.request), question(open.request));
}

function askReport() {
  open.tick = open.key = null;
  show(el("div", { class: "view result" },
    el("div", { class: "medal warn small" }, icon("shield")),
    el("h2", { id: "sheet-title", tabindex: "-1" }, t("reportTitle")),
    el("p", {}, t("reportText")),
    consequences(),
    el("div", { class: "foot" },
      el("button", { class: "wide deny", type: "button", "data-testid": "report-confirm", onclick: () => refuse("report") }, t("reportYes")),
      el("button", { class: "wide soft", type: "button", onclick: backToReview }, t("back")))), t("reportTitle"));
}

function approvePressed() {
  const digits = open.request.mode?.number?.digits;
  if (digits) askNumber(digits);
  else approve();
}

function askNumber(digits) {
  let typed = "";
  const slots = el("p", { class: "slots", role: "status" });
  const confirm = el("button", { class: "wide approve", type: "button", "data-testid": "number-confirm", disabled: true, onclick: () => approve(typed) }, icon("tick"), t("numberConfirm"));
  const render = () => {
    slots.setAttribute("aria-label", t("numberTyped", typed.length, digits));
    slots.replaceChildren(...Array.from({ length: digits }, (_, at) =>
      el("span", { class: at === typed.length ? "next" : null }, typed[at] ?? "")));
    confirm.disabled = typed.length !== digits;
  };
  const press = (digit) => {
    if (typed.length < digits) typed += digit;
    render();
  };
  const erase = () => {
    typed = typed.slice(0, -1);
    render();
  };
  open.tick = null;
  open.key = (event) => {
    if (open.busy || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-9]$/.test(event.key)) press(event.key);
    else if (event.key === "Backspace") erase();
    else if (event.key === "Enter" && !event.target.closest("button") && !confirm.disabled) confirm.click();
  };
  render();
  const digit = (n) => el("button", { type: "button", "data-testid": `number-key-${n}`, onclick: () => press(String(n)) }, String(n));
  show(el("div", { class: "view number" },
    el("button", { class: "back", type: "button", onclick: backToReview }, icon("back"), t("back")),
    el("h2", { id: "sheet-title", tabindex: "-1" }, t("numberTitle")),
    el("p", {}, t("numberText")[open.request.purpose](open.request.application)),
    slots,
    el("div", { class: "pad" }, ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(digit), el("span"), digit(0),
      el("button", { class: "erase", type: "button", "aria-label": t("erase"), onclick: erase }, icon("erase"))),
    el("div", { class: "foot" }, confirm)), t("numberTitle"));
}

/** Says why a face is asked for, once, then goes on. */
function explain(then) {
  open.tick = open.key = null;
  const onContinue = () => {
    unexplained = false;
    // Where it cannot be noted it is said once more the next time.
    api.explained().catch(() => {});
    backToReview();
    then();
  };
  show(primerView({ onContinue, onBack: backToReview }), t("primerTitle"));
}

/** The Face ID moment, then the approval. */
async function approve(number) {
  if (unexplained) return explain(() => approve(number));
  await settle(() => api.approve(open.request.id, number), () => approve(number), async () => {
    await face();
  });
}

async function refuse(how) {
  await settle(() => api[how](open.request.id), () => refuse(how));
}

const ENDS = { approved: "approved", denied: "denied", reported: "reported", wrong_number: "wrong" };
const OVER = { expired: "expired", already_decided: "elsewhere", unknown_request: "elsewhere" };

async function settle(ask, again, first) {
  if (open.busy) return;
  const mine = open;
  mine.busy = true;
  $("sheet").inert = true;
  let result;
  try {
    await first?.();
    result = [ENDS[(await ask()).outcome] ?? "error"];
    if (result[0] === "approved") await faceTick();
  } catch (error) {
    result = OVER[error.code] ? [OVER[error.code]] : ["error", error.message];
  }
  faceAway();
  $("sheet").inert = false;
  mine.busy = false;
  mine.again = again;
  if (open === mine) end(...result);
}

async function face() {
  $("faceid").hidden = false;
  $("island").className = "island wide-open";
  announce(t("faceId"));
  await sleep(FACE_MS);
}

async function faceTick() {
  $("island").className = "island wide-open recognised";
  await sleep(calm() ? 150 : 520);
}

function faceAway() {
  $("island").className = "island";
  $("faceid").hidden = true;
}
