// The Code screen: follows the login and completes it the moment the phone approves.
// All texts come from the page. Events are hints: the page that the server renders is the truth.

const LOST_AFTER = 3000;
const RETRY_FIRST = 1000;
const RETRY_MOST = 15000;

const live = document.querySelector("[data-live]");
const part = (name) => live.querySelector(`[data-part="${name}"]`);
const textOf = (name) => live.querySelector(`template[data-${name}]`).content.textContent.trim();
const waiting = () => live.dataset.waiting === "true";

// What the server last sent for each part, to replace only what it changed.
const served = new Map();
for (const element of live.querySelectorAll("[data-part]")) {
  served.set(element.dataset.part, element.cloneNode(true));
}

let source = null;
let retryDelay = RETRY_FIRST;
let retryTimer = 0;
let lostTimer = 0;
let lost = false;
let finishing = false;
let posting = false;
// A code is being checked: what else happens meanwhile is looked at afterwards.
let proving = false;
let missed = false;

// --- The time left, and since the phone was asked ---

let clock;
let tickTimer = 0;

function readClock() {
  const { left, total, since, again } = live.dataset;
  clock = { left: Number(left), total: Number(total), since: Number(since), at: performance.now() };
  // When the phone may be asked again: zero is now, no number is never.
  clock.again = Number(again) > 0 ? Number(again) : Infinity;
}

const elapsed = () => (performance.now() - clock.at) / 1000;

function drawClock() {
  const left = Math.max(0, clock.left - elapsed());
  const time = part("dial").querySelector("[data-time]");
  const ring = live.querySelector("[data-ring]");
  if (time) {
    const whole = Math.ceil(left);
    time.textContent = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }
  if (ring) ring.style.strokeDashoffset = String(1000 * (1 - (clock.total > 0 ? Math.min(1, left / clock.total) : 0)));
}

function tick() {
  clearTimeout(tickTimer);
  if (!waiting()) return;
  drawClock();
  drawNote();
  const timeIsUp = elapsed() > clock.left + 0.5;
  if (timeIsUp) {
    // Only the server says that it is over: ask, and ask again in a while.
    clock.left = elapsed() + 2.5;
    refresh();
  } else if (elapsed() >= clock.again) {
    clock.again = Infinity;
    refresh();
  }
  tickTimer = setTimeout(tick, 1000 - ((elapsed() * 1000) % 1000) + 5);
}

// --- One line below the status: a lost connection, or a hint ---

function drawNote() {
  const note = live.querySelector("[data-note]");
  const { hint, hintAfter, noted } = live.dataset;
  note.hidden = noted !== "true" || !waiting();
  const due = clock.since + elapsed() >= Number(hintAfter);
  const text = !waiting() ? "" : lost ? textOf("lost") : due ? hint : "";
  // A live region speaks whenever it is written: write only what is new.
  if (note.textContent.trim() !== text) note.textContent = text;
}

// --- Taking over what the server rendered ---

/** What somebody has typed, ticked or opened outlives a change of what is around it. */
function carryOver(from, to) {
  for (const field of from.querySelectorAll("input[data-testid]")) {
    const same = to.querySelector(`input[data-testid="${CSS.escape(field.dataset.testid)}"]`);
    if (!same) continue;
    if (field.type === "checkbox") same.checked = field.checked;
    else if (same.getAttribute("aria-invalid") !== "true") same.value = field.value;
  }
  // The script of passkeys showed its button.
  const [passkey, itsSame] = [from, to].map((part) => part.querySelector("[data-passkey]"));
  if (passkey && itsSame) itsSame.hidden = passkey.hidden;
  const opened = from.querySelector("details[open]");
  if (!opened || to.querySelector("details[open]")) return;
  const same = to.querySelector(`details[data-way="${opened.dataset.way}"]`);
  if (same) same.open = true;
}

function replacePart(element, next) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  const name = focused?.dataset.testid;
  element.className = next.className;
  element.hidden = next.hidden;
  if (next.dataset.key !== undefined) element.dataset.key = next.dataset.key;
  const fresh = document.importNode(next, true);
  carryOver(element, fresh);
  element.replaceChildren(...fresh.childNodes);
  if (focused) {
    const same = name && element.querySelector(`[data-testid="${CSS.escape(name)}"]`);
    (same || live.querySelector("h1")).focus({ preventScroll: true });
  }
}

/** Takes over a page. `answered` is the part that it was sent for: it has something new to say. */
function adopt(html, answered = "") {
  const page = new DOMParser().parseFromString(html, "text/html");
  const next = page.querySelector("[data-live]");
  if (!next) return false;
  document.title = page.title;
  for (const key of ["state", "waiting", "noted", "hint", "hintAfter", "left", "total", "since", "again"]) live.dataset[key] = next.dataset[key];
  for (const nextPart of next.querySelectorAll("[data-part]")) {
    const name = nextPart.dataset.part;
    const before = served.get(name);
    // What runs by itself, or is typed into, is replaced only if it has something else to show.
    const keyed = nextPart.dataset.key !== undefined;
    const same = name !== answered && keyed ? before.dataset.key === nextPart.dataset.key : name !== answered && before.isEqualNode(nextPart);
    served.set(name, nextPart.cloneNode(true));
    if (!same) replacePart(part(name), nextPart);
    else part(name).className = nextPart.className;
  }
  readClock();
  drawNote();
  tick();
  if (live.dataset.state === "approved") finish();
  else if (waiting()) open();
  else close();
  return true;
}

let refreshing = false;
let refreshAgain = false;

async function refresh() {
  if (finishing) return;
  if (proving) {
    missed = true;
    return;
  }
  if (refreshing) {
    refreshAgain = true;
    return;
  }
  refreshing = true;
  try {
    const answer = await fetch("/login/code", { headers: { accept: "text/html" }, cache: "no-store" });
    const html = await answer.text();
    // No Code screen in a good answer: the login is gone, so go where the server pointed.
    if (!finishing && !proving && !adopt(html) && answer.ok) location.replace(answer.url);
  } catch {
    noteLoss();
  } finally {
    refreshing = false;
    if (refreshAgain) {
      refreshAgain = false;
      refresh();
    }
  }
}

// --- Approved: complete the login at once ---

function finish() {
  if (finishing) return;
  if (proving) {
    missed = true;
    return;
  }
  const form = live.querySelector("[data-complete]");
  if (!form) {
    refresh();
    return;
  }
  finishing = true;
  close();
  clearTimeout(tickTimer);
  live.dataset.state = "approved";
  live.dataset.waiting = "false";
  for (const name of ["dial", "status"]) part(name).className = part(name).className.replace(/tone-\w+/, "tone-good");
  live.querySelector("[data-face]")?.replaceChildren(live.querySelector("template[data-tick]").content.cloneNode(true));
  const ring = live.querySelector("[data-ring]");
  if (ring) ring.style.strokeDashoffset = "0";
  part("status").textContent = textOf("signing-in");
  drawNote();
  for (const name of ["ways", "remember", "links"]) part(name).inert = true;
  form.requestSubmit();
}

// --- The event stream ---

function open() {
  clearTimeout(retryTimer);
  if (source || !waiting() || finishing) return;
  source = new EventSource("/login/events");
  source.addEventListener("open", noteBack);
  source.addEventListener("error", () => {
    noteLoss();
    // The browser retries a broken stream; one that was refused it gives up on.
    if (source?.readyState === EventSource.CLOSED) {
      close();
      retryTimer = setTimeout(() => {
        refresh();
        open();
      }, retryDelay);
      retryDelay = Math.min(RETRY_MOST, retryDelay * 2);
    }
  });
  source.addEventListener("state", (event) => {
    const state = event.data.trim();
    if (state === "approved") finish();
    else if (state !== live.dataset.state) refresh();
  });
  source.addEventListener("reconnect", () => {
    close();
    // Spread over a second, so that a restarting server is not met by everybody at once.
    retryTimer = setTimeout(open, 200 + Math.random() * 1000);
  });
  // A newer tab has the stream now: this one takes it back when it is looked at again.
  source.addEventListener("replaced", () => {
    close();
    noteBack();
  });
}

function close() {
  clearTimeout(retryTimer);
  source?.close();
  source = null;
}

function noteLoss() {
  if (lostTimer || lost) return;
  lostTimer = setTimeout(() => {
    lostTimer = 0;
    lost = true;
    drawNote();
  }, LOST_AFTER);
}

function noteBack() {
  clearTimeout(lostTimer);
  lostTimer = 0;
  retryDelay = RETRY_FIRST;
  lost = false;
  drawNote();
}

// --- Forms that stay on this page: asking again, sending a code by mail, proving by a code ---

async function post(form, fields) {
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields), headers: { accept: "text/html" } });
  return { url: answer.url, html: await answer.text() };
}

async function askInPlace(form) {
  if (posting || form.querySelector("button").getAttribute("aria-disabled") === "true") return;
  posting = true;
  try {
    const { html } = await post(form, new FormData(form));
    // Whatever else the server has to say, it says on a page of its own.
    if (!adopt(html, "ways")) form.submit();
    else part("ways").querySelector("details[open] [data-digits]")?.focus();
  } catch {
    noteLoss();
    refresh();
  } finally {
    posting = false;
  }
}

/** A code is spent by being sent: it is sent once, and nothing leaves this page before the answer. */
async function prove(form) {
  if (proving || finishing) return;
  proving = true;
  const fields = new FormData(form);
  fields.delete("remember");
  if (live.querySelector("[data-remember]")?.checked) fields.set("remember", "on");
  try {
    const { url, html } = await post(form, fields);
    proving = false;
    if (!adopt(html, "ways")) {
      finishing = true;
      location.replace(url);
    } else part("ways").querySelector("details[open] input:not([type=hidden])")?.focus();
  } catch {
    missed = true;
    noteLoss();
  } finally {
    proving = false;
    if (missed) refresh();
    missed = false;
  }
}

live.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-in-place], [data-code]")) return;
  event.preventDefault();
  if (form.matches("[data-code]")) prove(form);
  else askInPlace(form);
});

// One way is open at a time, also where the browser does not see to it itself; its field is typed into.
live.addEventListener(
  "toggle",
  (event) => {
    const way = event.target;
    if (!way.matches("details[data-way]") || !way.open) return;
    for (const other of live.querySelectorAll("details[data-way][open]")) other.open = other === way;
    if (way.contains(document.activeElement)) way.querySelector("input:not([type=hidden])")?.focus();
  },
  true,
);

// A way that was suspended may be used again.
live.addEventListener("clock-over", (event) => {
  if (event.target.matches("[data-testid=way-suspended]")) refresh();
});

// --- Coming back: to the tab, from the history, to the network ---

function comeBack() {
  if (document.visibilityState !== "visible" || finishing || !waiting()) return;
  refresh();
  open();
}

// A stream whose network is gone may hang without a word: only a new connection tells.
function reconnect() {
  if (!source) return;
  close();
  open();
}

document.addEventListener("visibilitychange", comeBack);
window.addEventListener("offline", reconnect);
window.addEventListener("online", () => {
  reconnect();
  comeBack();
});
window.addEventListener("pagehide", close);
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  finishing = false;
  for (const name of ["ways", "remember", "links"]) part(name).inert = false;
  refresh();
  open();
});

readClock();
if (live.dataset.state === "approved") finish();
else {
  open();
  tick();
}
