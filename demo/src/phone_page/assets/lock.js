// The lock screen: the clock, the way in, and the notification, which is also the banner in the app.

import { t } from "./texts.js";
import { $, announce, clockTime, today } from "./ui.js";

const SWIPE = 60;

export function setUpLock(onUnlock) {
  tick();
  setInterval(tick, 1000);
  $("unlock").addEventListener("click", () => onUnlock());
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

/** Slides the notification in; `fresh` if it has only just come. */
export function showNotification(fresh) {
  const node = $("notification");
  if (!fresh && !node.hidden) return;
  node.hidden = true;
  void node.offsetWidth; // so that a second one slides in as well
  node.hidden = false;
  if (fresh) announce(`Countersign: ${t("popupTitle")}. ${t("popupText")}`);
}

export function hideNotification() {
  $("notification").hidden = true;
}
