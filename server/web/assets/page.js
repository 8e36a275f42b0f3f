// What any page may use: fields for digits, times that run down, buttons that copy or print.
// It works on what the page marks, also on what comes into the page later.

// --- Digits, however they were typed ---

const FULL = 6;

function tidy(field) {
  // Full-width digits (as a Japanese keyboard gives them) become plain ones; pasted spaces go.
  const digits = field.value.normalize("NFKC").replace(/[^0-9]/g, "").slice(0, FULL);
  if (digits !== field.value) field.value = digits;
  if ("sendFull" in field.dataset && digits.length === FULL) send(field, digits);
}

/** A full field sends its form: once for each code. */
function send(field, digits) {
  if (field.dataset.sent === digits) return;
  field.dataset.sent = digits;
  field.form.requestSubmit();
}

const digitsOf = (event) => event.target.closest?.("[data-digits]");

document.addEventListener("input", (event) => {
  const field = digitsOf(event);
  if (field && !event.isComposing) tidy(field);
});
document.addEventListener("compositionend", (event) => {
  const field = digitsOf(event);
  if (field) tidy(field);
});

// --- A form is sent once ---

document.addEventListener("submit", (event) => {
  const form = event.target;
  // Forms that stay on the page say themselves when they may be sent again.
  if (event.defaultPrevented || form.matches("[data-in-place], [data-code], [data-download]")) return;
  if (form.dataset.gone) event.preventDefault();
  else form.dataset.gone = "true";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-gone]")) delete form.dataset.gone;
});

// --- A box to tick goes on by itself; without script there is a button ---

for (const box of document.querySelectorAll("[data-ticks]")) {
  box.form.querySelector("[type=submit]").hidden = true;
  box.addEventListener("change", () => {
    if (box.checked) box.form.requestSubmit();
  });
}
window.addEventListener("pageshow", () => {
  for (const box of document.querySelectorAll("[data-ticks]")) box.checked = false;
});

// --- Times that run down ---

const ends = new WeakMap();

/** When a clock ends: read once for each time that the server gave. */
function endOf(clock) {
  const known = ends.get(clock);
  if (known && known.left === clock.dataset.left) return known;
  const fresh = { left: clock.dataset.left, at: performance.now() + Number(clock.dataset.left) * 1000, over: clock.dataset.left === "0" };
  ends.set(clock, fresh);
  return fresh;
}

function draw(clock) {
  const end = endOf(clock);
  const left = Math.max(0, Math.ceil((end.at - performance.now()) / 1000));
  const time = clock.querySelector("[data-time]");
  if (time) time.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  if (left > 0 || end.over) return;
  end.over = true;
  if ("over" in clock.dataset) clock.textContent = clock.dataset.over;
  // The server says what comes next.
  if (clock.dataset.leads) location.replace(clock.dataset.leads);
  if (clock.dataset.enables) document.getElementById(clock.dataset.enables)?.removeAttribute("aria-disabled");
  clock.dispatchEvent(new CustomEvent("clock-over", { bubbles: true }));
}

function tick() {
  for (const clock of document.querySelectorAll("[data-clock]")) draw(clock);
  setTimeout(tick, 1000);
}
tick();

// --- Copying and printing ---

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;

document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const said = document.querySelector(`[data-copied="${button.dataset.copy}"]`);
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.dataset.plain ?? source.textContent.trim());
    said.textContent = said.dataset.text;
  } catch {
    said.textContent = "";
  }
});
