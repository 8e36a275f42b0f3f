// Adding a phone: the time left, a copy button, and digits however they were typed.

const steps = document.querySelector("[data-pair]");
const time = steps.querySelector("[data-time]");
const end = performance.now() + Number(steps.dataset.left) * 1000;

function tick() {
  const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
  time.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  if (left > 0) setTimeout(tick, 1000);
  else location.replace("/pair"); // The server says what comes next.
}
tick();

const code = document.querySelector("#code");
code.maxLength = 16; // Room for pasted spaces, which are taken out again.

function tidy() {
  // Full-width digits (as a Japanese keyboard gives them) become plain ones.
  const digits = code.value.normalize("NFKC").replace(/[^0-9]/g, "").slice(0, 6);
  if (digits !== code.value) code.value = digits;
}
code.addEventListener("input", (event) => {
  if (!event.isComposing) tidy();
});
code.addEventListener("compositionend", tidy);

const copy = document.querySelector("[data-copy]");
const copied = document.querySelector("[data-copied]");
if (navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(document.querySelector("[data-link]").href);
      copied.textContent = copied.dataset.text;
    } catch {
      copied.textContent = "";
    }
  });
}
