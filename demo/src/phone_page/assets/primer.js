// Why the phone is about to ask for a face: said once, before the first time.

import { t } from "./texts.js";
import { el, faceIcon, icon } from "./ui.js";

export function primerView({ onContinue, onBack }) {
  return el("div", { class: "view result primer", "data-testid": "primer" },
    el("div", { class: "tile" }, faceIcon()),
    el("h2", { id: "sheet-title", tabindex: "-1" }, t("primerTitle")),
    el("p", {}, t("primerText")),
    el("p", { class: "promise" }, icon("lock"), el("span", {}, t("primerPromise"))),
    el("div", { class: "foot" },
      el("button", { class: "wide approve", type: "button", "data-testid": "primer-continue", onclick: onContinue }, t("primerContinue")),
      el("button", { class: "wide soft", type: "button", onclick: onBack }, t("back"))));
}
