// The list of users: a whole page is selected at once, and what is selected is counted. A table is read from a file.

const form = document.querySelector("[data-users]");
const all = document.querySelector("[data-all]");
const these = document.querySelector("[data-these]");

function boxes() {
  return [...form.querySelectorAll('input[name="id"]')];
}

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  if (these) these.textContent = `${these.dataset.these} (${chosen})`;
  if (!all) return;
  all.checked = chosen > 0 && chosen === boxes().length;
  all.indeterminate = chosen > 0 && !all.checked;
}

if (form && all) {
  all.hidden = boxes().length === 0;
  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    count();
  });
  window.addEventListener("pageshow", count);
  count();
}

const file = document.querySelector("[data-file]");
if (file) {
  file.hidden = false;
  file.addEventListener("change", async (event) => {
    const chosen = event.target.files[0];
    if (chosen) document.getElementById("table").value = await chosen.text();
  });
}
