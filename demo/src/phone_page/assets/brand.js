// How a tenant looks: its picture or the first letter of its name, and its colour.

import { el } from "./ui.js";

/** The tenant's picture, else its first letter on its colour. */
export function avatar(account) {
  if (!account.logo) return letter(account);
  // The version in the address: a picture is kept until there is another.
  const picture = el("img", { src: `logo/${encodeURIComponent(account.id)}?v=${encodeURIComponent(account.logo)}`, alt: "" });
  const mark = el("span", { class: "avatar picture", "aria-hidden": "true" }, picture);
  picture.addEventListener("error", () => mark.replaceWith(letter(account)));
  return paint(mark, account);
}

/** Gives a part of the page its tenant's colour, if it has one: as `--tenant`, for the stylesheet. */
export function paint(node, account) {
  if (account?.colour) node.style.setProperty("--tenant", account.colour);
  return node;
}

function letter(account) {
  const mark = el("span", { class: "avatar", "aria-hidden": "true" }, [...account.tenant][0] ?? "?");
  const parts = account.colour?.match(/^#(..)(..)(..)$/)?.slice(1).map((part) => parseInt(part, 16));
  if (parts) {
    const [red, green, blue] = parts;
    mark.style.background = account.colour;
    mark.style.color = 0.299 * red + 0.587 * green + 0.114 * blue > 150 ? "#111" : "#fff";
  }
  return mark;
}
