// Passkeys: used on the Code screen, added in the account. All texts come from the page. Whatever happens
// here is said in one place, and leaves the rest of the page alone.

// The server forgets what it asked for after five minutes: an offer that waits longer is made anew.
const OFFER_LASTS = 270_000;

const supported = Boolean(window.PublicKeyCredential && navigator.credentials?.get);

/** Why something went no further: the `code` of the server's problem, or a word of our own. */
class Refusal extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// --- Between the server's JSON and the browser's objects, where the browser cannot do it itself ---

const fromBase64url = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));

function toBase64url(buffer) {
  const characters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
  return btoa(characters.join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const named = (list) => list?.map((item) => ({ ...item, id: fromBase64url(item.id) }));

function creationOptions(json) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(json);
  const user = { ...json.user, id: fromBase64url(json.user.id) };
  const challenge = fromBase64url(json.challenge);
  return { ...json, challenge, user, excludeCredentials: named(json.excludeCredentials) };
}

function requestOptions(json) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(json);
  return { ...json, challenge: fromBase64url(json.challenge), allowCredentials: named(json.allowCredentials) };
}

function written(credential) {
  try {
    return JSON.stringify(credential.toJSON());
  } catch {
    // An older browser, or a password manager whose objects only look like the browser's.
  }
  const { id, rawId, type, response } = credential;
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = toBase64url(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  const clientExtensionResults = credential.getClientExtensionResults();
  return JSON.stringify({ id, rawId: toBase64url(rawId), type, response: parts, clientExtensionResults });
}

// --- The server ---

async function post(path, form, more = {}) {
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  let answer;
  try {
    answer = await fetch(path, { method: "POST", body, headers: { accept: "application/json" }, cache: "no-store" });
  } catch {
    throw new Refusal("unavailable");
  }
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(json.code ?? "unavailable");
  return json;
}

/** What went wrong, in a word that the page has a sentence for. */
function reason(error) {
  if (error instanceof Refusal) return error.code;
  // The authenticator has one of those that were to be left out.
  if (error.name === "InvalidStateError") return "known";
  return ["NotAllowedError", "AbortError"].includes(error.name) ? "cancelled" : "failed";
}

// --- The two ceremonies: the browser's part between two posts ---

const CEREMONIES = {
  use: {
    ask: "/login/passkey",
    answer: "/login/passkey/answer",
    browser: ({ publicKey }, more) => navigator.credentials.get({ publicKey: requestOptions(publicKey), ...more }),
  },
  add: {
    ask: "/account/passkeys/options",
    answer: "/account/passkeys",
    browser: ({ publicKey }, more) => navigator.credentials.create({ publicKey: creationOptions(publicKey), ...more }),
  },
};

function begin(box) {
  const { ask, answer, browser } = CEREMONIES[box.dataset.passkey];
  const said = box.querySelector("[data-said]");
  const textOf = (code) => box.querySelector(`template[data-say="${CSS.escape(code)}"]`)?.content.textContent.trim();
  const say = (code) => {
    said.textContent = code ? (textOf(code) ?? textOf("failed")) : "";
  };
  // One at a time: the browser refuses a second one, and the server forgets the first.
  let running = null;
  let offerTimer = 0;

  const stop = () => {
    clearTimeout(offerTimer);
    running?.abort();
    running = null;
  };

  /** Quietly: offered beside what the field of the code fills in, and said nothing of until it is taken. */
  async function run(form, quietly) {
    stop();
    const mine = new AbortController();
    running = mine;
    let silent = quietly;
    try {
      if (!quietly) say("asking");
      const options = await post(ask, form);
      if (mine.signal.aborted) return;
      const credential = await browser(options, { signal: mine.signal, ...(quietly && { mediation: "conditional" }) });
      silent = false;
      const { next } = await post(answer, form, { credential: written(credential) });
      location.assign(next);
    } catch (error) {
      if (mine.signal.aborted) return;
      running = null;
      if (!silent) {
        say(reason(error));
        offer();
      }
    }
  }

  async function offer() {
    const form = box.querySelector("[data-passkey-form]");
    if (box.hidden || !document.querySelector('input[autocomplete~="webauthn"]')) return;
    const possible = await PublicKeyCredential.isConditionalMediationAvailable?.().catch(() => false);
    if (!possible || running || box.hidden) return;
    run(form, true);
    offerTimer = setTimeout(() => {
      stop();
      offer();
    }, OFFER_LASTS);
  }

  box.addEventListener("submit", (event) => {
    event.preventDefault();
    run(event.target, false);
  });

  // On the Code screen: once the login is over there is nothing to prove.
  const live = box.closest("[data-live]");
  const follow = () => {
    const over = live?.dataset.waiting === "false";
    if (over) {
      stop();
      say("");
    }
    box.hidden = over;
  };
  if (live) new MutationObserver(follow).observe(live, { attributes: true, attributeFilter: ["data-waiting"] });
  window.addEventListener("pagehide", stop);
  follow();
  if (box.dataset.passkey === "use") offer();
}

for (const box of document.querySelectorAll("[data-passkey]")) {
  if (supported) begin(box);
}
for (const missing of document.querySelectorAll("[data-passkey-missing]")) missing.hidden = supported;
