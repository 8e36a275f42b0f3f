// The lock screen: the clock, the way in, Focus, and the notification, which is also the banner in the app.

import { t } from "./texts.js";
import { $, announce, clockTime, today } from "./ui.js";

const SWIPE = 60;
const BANNER_MS = 8000;

let bannerEnds = null;

export function setUpLock({ onUnlock, onFocus }) {
  tick();
  setInterval(tick, 1000);
  $("unlock").addEventListener("click", () => onUnlock());
  $("focus").addEventListener("click", () => onFocus($("focus").getAttribute("aria-checked") !== "true"));
  swipeUp($("lock"), () => onUnlock());
}

function tick() {
  for (const node of document.querySelectorAll("[data-time]")) {
    const text = clockTime();
    if (node.textContent !== text) node.textContent = text;
  }
  $("lock-date").textContent = today();
}

/** Follows the finger a little, and calls back when it went far enough. */
function swipeUp(node, then) {
  let from = null;
  node.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("button:not(.unlock)")) from = event.clientY;
  });
  const end = (event) => {
    if (from === null) return;
    const far = from - event.clientY > SWIPE;
    from = null;
    node.style.translate = "";
    if (far) then();
  };
  window.addEventListener("pointermove", (event) => {
    if (from !== null) node.style.translate = `0 ${Math.min(0, (event.clientY - from) / 2)}px`;
  });
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
}

/** Focus is on: notifications are kept back. */
export function showFocus(on) {
  $("focus").setAttribute("aria-checked", String(on));
  $("phone").dataset.focus = on ? "on" : "off";
}

/** Slides the notification in while so many requests wait; `fresh` if it has only just come. In the app it is a
 * banner, which goes by itself: the list holds what it was about. */
export function showNotification(requests, fresh) {
  const node = $("notification");
  const text = requests > 1 ? t("several", requests) : t("popupText");
  if ($("notification-body").textContent !== text) $("notification-body").textContent = text;
  if (!fresh && !node.hidden) return;
  node.hidden = true;
  void node.offsetWidth; // so that a second one slides in as well
  node.hidden = false;
  if (fresh) announce(`Countersign: ${t("popupTitle")}. ${text}`);
  clearTimeout(bannerEnds);
  if ($("phone").dataset.scene === "app") bannerEnds = setTimeout(hideNotification, BANNER_MS);
}

export function hideNotification() {
  clearTimeout(bannerEnds);
  $("notification").hidden = true;
}
