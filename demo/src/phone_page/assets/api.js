// The phone behind the page.

import { lang, t } from "./texts.js";

/** What went wrong, with a sentence for people. */
export class PhoneError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

async function send(path, init) {
  let response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new PhoneError("lost", t("lostText"));
  }
  const body = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok) return body;
  throw new PhoneError(body?.code ?? "lost", body?.message?.[lang] ?? t("lostText"));
}

const post = (path, body = {}) =>
  send(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export const getState = () => send("state");
export const lock = () => post("lock");
export const unlock = () => post("unlock");
export const focus = (on) => post("focus", { on });
export const explained = () => post("explained");
export const pair = (link) => post("pair", { link });
export const open = (id) => post("open", { id });
export const approve = (id, number) => post("approve", { id, number });
export const deny = (id) => post("deny", { id });
export const report = (id) => post("report", { id });

/** Calls back on each event, and on each new connection. */
export function listen({ changed, popup, lost }) {
  const events = new EventSource("events");
  events.addEventListener("changed", changed);
  events.addEventListener("popup", popup);
  events.addEventListener("error", lost);
}
