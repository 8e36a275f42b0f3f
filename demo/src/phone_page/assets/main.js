// Wires the phone: what the state says is what the screen shows.

import * as api from "./api.js";
import { pairingView, renderHome, setUpHome } from "./home.js";
import { hideNotification, setUpLock, showFocus, showNotification } from "./lock.js";
import * as sheet from "./sheet.js";
import { lang, t, translatePage } from "./texts.js";
import { $, announce, setClock } from "./ui.js";

const LOOK_AGAIN_MS = 4000;

let state = { locked: true, notified: false, waiting: 0, focus: false, accounts: [], pending: [], trouble: null };
let running = null;
let queued = null;

/** Fetches the state; whoever waits for it sees a state that was asked for after the call. */
function refresh() {
  if (!running) return (running = load().finally(() => (running = null)));
  queued ??= running.then(() => {
    queued = null;
    return refresh();
  });
  return queued;
}

async function load() {
  let fetched;
  try {
    fetched = await api.getState();
  } catch {
    return connectionLost();
  }
  state = { ...fetched, trouble: fetched.trouble?.message?.[lang] ?? null };
  setClock(state.now);
  render();
}

function connectionLost() {
  if (state.trouble === t("lost")) return;
  state.trouble = t("lost");
  announce(state.trouble);
  render();
}

function render() {
  const locked = state.locked;
  // Whoever unlocks goes to what the notification was about.
  if (!locked && $("phone").dataset.scene === "lock") hideNotification();
  $("phone").dataset.scene = locked ? "lock" : "app";
  $("lock").hidden = !locked;
  $("app").hidden = locked;
  $("home-bar").hidden = locked;
  $("lock-button").hidden = locked;
  showFocus(state.focus);
  sheet.explainBiometrics(state.explains_biometrics);
  if (locked) {
    sheet.close();
    if (state.notified) showNotification(state.waiting, false);
    else hideNotification();
    return;
  }
  renderHome(state, { onOpen: openById, onShowCode: showCode });
  if (state.pending.length === 0) hideNotification();
  const id = sheet.openRequest();
  if (id && !state.trouble && !state.pending.some((request) => request.id === id)) sheet.vanished();
  codeTyped();
}

function openById(id) {
  const request = state.pending.find((candidate) => candidate.id === id);
  if (!request) return;
  hideNotification();
  sheet.review(request, state.accounts.find((account) => account.id === request.account_id), refresh);
  // So that the browser can say that it was seen. Where that fails, the list tells what became of it.
  api.open(id).catch(refresh);
}

async function unlock() {
  try {
    await api.unlock();
  } catch {
    return connectionLost();
  }
  await refresh();
  if (!sheet.isOpen()) $("home-bar").focus({ preventScroll: true });
}

/** The notification says nothing: the newest request is what it leads to. */
async function openNotification() {
  hideNotification();
  if (state.locked) await unlock();
  else await refresh();
  if (state.pending.length > 0) openById(state.pending[0].id);
  else if (state.trouble) sheet.end("error", state.trouble);
  else sheet.end("elsewhere");
}

async function popup() {
  await refresh();
  if (state.locked) {
    if (state.notified) showNotification(state.waiting, true);
    return;
  }
  const shown = sheet.openRequest();
  if (state.pending.some((request) => request.id !== shown)) showNotification(state.pending.length, true);
}

async function focus(on) {
  showFocus(on);
  announce(t(on ? "focusIsOn" : "focusIsOff"));
  await api.focus(on).catch(connectionLost);
}

function showCode(account) {
  sheet.present(pairingView(account, sheet.close), t("pairTitle"), { pairing: account, onClosed: refresh });
}

/** The code was typed into the browser: the account that the sheet waits for is active. */
function codeTyped() {
  const waiting = sheet.current()?.pairing;
  if (waiting && !sheet.current().over && state.accounts.some((account) => account.id === waiting.id && account.state === "active")) {
    sheet.end("paired");
  }
}

async function lock() {
  sheet.close();
  await api.lock().catch(connectionLost);
  await refresh();
  $("unlock").focus({ preventScroll: true });
}

translatePage();
setUpLock({ onUnlock: unlock, onFocus: focus });
setUpHome({ onPaired: showCode });
$("notification").addEventListener("click", openNotification);
$("lock-button").addEventListener("click", lock);
$("home-bar").addEventListener("click", () => (sheet.isOpen() ? sheet.close() : lock()));
$("veil").addEventListener("click", sheet.close);
document.addEventListener("keydown", sheet.key);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
setInterval(sheet.tick, 500);
// The phone's program follows the requests; it is told neither that a code was typed nor that trouble is over.
setInterval(() => {
  const waits = state.trouble || state.accounts.some((account) => account.state === "unconfirmed");
  if (!document.hidden && !state.locked && waits) refresh();
}, LOOK_AGAIN_MS);
api.listen({ changed: refresh, popup, lost: connectionLost });
refresh();
