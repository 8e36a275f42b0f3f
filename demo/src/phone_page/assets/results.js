// How a request ended, and what follows from it.

import { t } from "./texts.js";
import { el, icon } from "./ui.js";

const RESULTS = {
  approved: { title: "approvedTitle", text: "approvedText", icon: "tick", look: "good", testid: "done" },
  denied: { title: "deniedTitle", text: "deniedText", icon: "cross", look: "bad", testid: "denied", follows: [["moon", "deniedQuiet"]] },
  reported: { title: "reportedTitle", text: "reportedText", icon: "shield", look: "bad", testid: "reported" },
  wrong: { title: "wrongTitle", text: "wrongText", icon: "cross", look: "bad", testid: "wrong-number" },
  expired: { title: "expiredTitle", text: "expiredText", icon: "clock", look: "plain", testid: "expired" },
  elsewhere: { title: "elsewhereTitle", text: "elsewhereText", icon: "tick", look: "plain", testid: "elsewhere" },
  paired: { title: "pairDone", text: "pairDoneText", icon: "tick", look: "good", testid: "paired" },
  error: { title: "errorTitle", text: "lostText", icon: "cloud", look: "warn", testid: "error" },
};

const REPORT = [["cross", "reportStops"], ["mail", "reportTells"], ["key", "reportPassword"], ["moon", "reportQuiet"]];

/** What follows from a report, before and after it. */
export const consequences = () => list(REPORT);

const list = (follows) =>
  el("ul", { class: "follows", "data-testid": "follows" }, ...follows.map(([name, text]) => el("li", {}, icon(name), el("span", {}, t(text)))));

/** The same for screen readers. */
export function resultLabel(kind, message) {
  return `${t(RESULTS[kind].title)}. ${message ?? t(RESULTS[kind].text)}`;
}

export function resultView(kind, message, { onRetry, onClose }) {
  const result = RESULTS[kind];
  const follows = kind === "reported" ? REPORT : result.follows;
  return el("div", { class: "view result", "data-testid": result.testid },
    el("div", { class: `medal ${result.look}${kind === "reported" ? " small" : ""}` }, icon(result.icon)),
    el("h2", { id: "sheet-title", tabindex: "-1" }, t(result.title)),
    el("p", {}, message ?? t(result.text)),
    follows ? list(follows) : null,
    el("div", { class: "foot" },
      onRetry ? el("button", { class: "wide approve", type: "button", onclick: onRetry }, t("again")) : null,
      el("button", { class: "wide soft", type: "button", "data-testid": "close", onclick: onClose }, t("done"))));
}
