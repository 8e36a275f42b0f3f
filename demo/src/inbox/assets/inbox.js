// The list of mails, the newest first; it asks for news and is answered when there are some.

const TEXTS = {
  en: { title: "Ada’s inbox", empty: "Nothing yet. Mail appears here by itself.", to: (who) => `To ${who}` },
  ja: { title: "Ada さんの受信トレイ", empty: "まだ何も届いていません。届くとここに表示されます。", to: (who) => `宛先：${who}` },
};
const PAUSE = 2000;

const texts = TEXTS[document.documentElement.lang] ?? TEXTS.en;
const list = document.querySelector("ul");
const frame = document.querySelector("#mail");
let opened = null;

document.title = texts.title;
document.querySelector("h1").textContent = texts.title;
document.querySelector("#empty").textContent = texts.empty;

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function open(mail) {
  opened = mail.number;
  frame.src = `mail/${mail.number}`;
  frame.title = mail.subject;
  frame.hidden = false;
  for (const button of list.querySelectorAll("button")) {
    button.setAttribute("aria-current", String(Number(button.dataset.number) === opened));
  }
}

function show(mails) {
  document.querySelector("#empty").hidden = mails.length > 0;
  list.replaceChildren(
    ...mails.toReversed().map((mail) => {
      const button = document.createElement("button");
      button.dataset.number = mail.number;
      button.append(element("span", "subject", mail.subject), element("span", "recipient", texts.to(mail.recipient)));
      button.setAttribute("aria-current", String(mail.number === opened));
      button.addEventListener("click", () => open(mail));
      const item = document.createElement("li");
      item.append(button);
      return item;
    }),
  );
}

let known = -1;
for (;;) {
  try {
    const mails = await (await fetch(`mails?known=${Math.max(known, 0)}`)).json();
    if (mails.length !== known) {
      known = mails.length;
      show(mails);
    }
  } catch {
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}
