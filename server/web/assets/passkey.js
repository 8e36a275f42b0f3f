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

// --- The server, and what is said ---

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

function say(box, code) {
  const textOf = (word) => box.querySelector(`template[data-say="${CSS.escape(word)}"]`)?.content.textContent.trim();
  const note = box.querySelector("[data-passkey-note]");
  note.textContent = code ? (textOf(code) ?? textOf("failed")) : "";
}

// --- In the account, or in a sign-in that sets one up: a new one ---

function account(box) {
  let running = null;

  async function add(form) {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    say(box, "asking");
    try {
      const { publicKey } = await post(`${box.dataset.passkeyAdd}/options`, form);
      if (mine.signal.aborted) return;
      const credential = await navigator.credentials.create({ publicKey: creationOptions(publicKey), signal: mine.signal });
      const { next } = await post(box.dataset.passkeyAdd, form, { credential: written(credential) });
      location.assign(next);
    } catch (error) {
      if (mine.signal.aborted) return;
      // The page, made anew, says how to go on.
      if (reason(error) === "confirm_first") location.reload();
      else say(box, reason(error));
    }
  }

  box.addEventListener("submit", (event) => {
    event.preventDefault();
    add(event.target);
  });
  box.hidden = false;
}

// --- On the Code screen: one click, or beside what the field for codes fills in ---

function codeScreen(live) {
  const ways = live.querySelector("[data-part=ways]");
  // Looked up each time: the part is replaced when the server has something else to show.
  const form = () => ways.querySelector("[data-passkey-use]");
  const tell = (code) => {
    const box = form()?.closest("[data-way]");
    if (box) say(box, code);
  };
  // One at a time: the browser refuses a second one, and the server forgets the first.
  let running = null;
  let offerTimer = 0;

  function stop() {
    clearTimeout(offerTimer);
    running?.abort();
    running = null;
  }

  /** Quietly: nothing is said until the person takes the offer. */
  async function use(quietly) {
    stop();
    const mine = new AbortController();
    running = mine;
    try {
      if (!quietly) tell("asking");
      const { publicKey } = await post("/login/passkey", form());
      if (mine.signal.aborted) return;
      const how = quietly ? { mediation: "conditional" } : {};
      const credential = await navigator.credentials.get({ publicKey: requestOptions(publicKey), signal: mine.signal, ...how });
      running = null;
      // The page sends it as it sends codes, and says what came of it.
      const answer = form();
      if (!answer) return;
      tell("");
      answer.elements.code.value = written(credential);
      answer.requestSubmit();
    } catch (error) {
      if (mine.signal.aborted) return;
      running = null;
      if (quietly) return;
      tell(reason(error));
      offer();
    }
  }

  async function offer() {
    const wanted = () => !running && live.dataset.waiting === "true" && ways.querySelector('input[autocomplete~="webauthn"]');
    if (!wanted() || !form()) return;
    const possible = await PublicKeyCredential.isConditionalMediationAvailable?.().catch(() => false);
    if (!possible || !wanted()) return;
    use(true);
    offerTimer = setTimeout(() => {
      stop();
      offer();
    }, OFFER_LASTS);
  }

  function follow() {
    for (const button of ways.querySelectorAll("[data-passkey]")) button.hidden = false;
    // Once the login is over there is nothing to prove.
    if (live.dataset.waiting === "true") offer();
    else stop();
  }

  ways.addEventListener("click", (event) => {
    if (event.target.closest("[data-passkey]")) use(false);
  });
  new MutationObserver(follow).observe(ways, { childList: true });
  new MutationObserver(follow).observe(live, { attributes: true, attributeFilter: ["data-waiting"] });
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) follow();
  });
  follow();
}

const live = document.querySelector("[data-live]");
if (supported && live) codeScreen(live);
for (const box of document.querySelectorAll("[data-passkey-add]")) {
  if (supported) account(box);
}
for (const missing of document.querySelectorAll("[data-passkey-missing]")) missing.hidden = supported;
