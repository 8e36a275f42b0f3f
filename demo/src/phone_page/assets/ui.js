// Small things that every screen uses: elements, icons, the clock, announcements.

import { lang } from "./texts.js";

const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

/** An element with attributes and children. Strings become text, never markup. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") node.addEventListener("click", value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

/** One of the page's icons. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** The face that stands for Face ID. */
export function faceIcon() {
  const svg = icon("face");
  svg.setAttribute("class", "face-icon");
  return svg;
}

/** A ring whose stroke runs down; `share` is set by `setRing`. */
export function ring() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "ring");
  svg.setAttribute("viewBox", "0 0 36 36");
  svg.setAttribute("aria-hidden", "true");
  for (const name of ["ring-track", "ring-left"]) {
    const circle = document.createElementNS(SVG, "circle");
    for (const [key, value] of Object.entries({ class: name, cx: 18, cy: 18, r: 15, pathLength: 100 })) {
      circle.setAttribute(key, value);
    }
    svg.append(circle);
  }
  return svg;
}

export function setRing(svg, share) {
  svg.lastChild.style.strokeDashoffset = 100 - 100 * Math.max(0, Math.min(1, share));
}

/** Says it to screen readers. */
export function announce(text) {
  $("announcer").textContent = "";
  requestAnimationFrame(() => ($("announcer").textContent = text));
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// The phone's clock may differ from the browser's: times shown are the phone's.
let ahead = 0;
export function setClock(nowSeconds) {
  const difference = nowSeconds - Date.now() / 1000;
  if (Math.abs(difference - ahead) > 1.5) ahead = difference;
}
export const now = () => Date.now() / 1000 + ahead;
const date = (seconds) => new Date(seconds * 1000);

const hourAndMinute = new Intl.DateTimeFormat(lang, { hour: "numeric", minute: "2-digit", hourCycle: "h23" });
const withSeconds = new Intl.DateTimeFormat(lang, { hour: "numeric", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat(lang, { weekday: "long" });
const day = new Intl.DateTimeFormat(lang, { month: "long", day: "numeric" });

/** 9:41 */
export const clockTime = () => hourAndMinute.format(date(now())).replace(/^0(?=\d)/, "");
/** 9:41:05 */
export const exactTime = (seconds) => withSeconds.format(date(seconds)).replace(/^0(?=\d)/, "");
/** Sunday, November 22 · 11月22日 日曜日 */
export const today = () => {
  const [name, at] = [weekday.format(date(now())), day.format(date(now()))];
  return lang === "ja" ? `${at} ${name}` : `${name}, ${at}`;
};
/** 1:05 */
export function timeLeft(until) {
  const left = Math.max(0, Math.ceil(until - now()));
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}
