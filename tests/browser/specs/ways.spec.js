// The other ways on the Code screen, beside the phone that goes on waiting.

import { Browser } from "../lib/browser.js";
import { Inbox } from "../lib/inbox.js";
import { look } from "../lib/look.js";
import { expect, test } from "../lib/test.js";

const LANGUAGES = [
  { lang: "en", locale: "en-GB", words: { wrong: "isn’t right", send: "Send New Code" } },
  { lang: "ja", locale: "ja-JP", words: { wrong: "正しくない", send: "新しいコードを送信" } },
];

/** Opens the way of the e-mailed code and has one sent. */
async function sendCode(page) {
  await page.getByTestId("way-email").click();
  await page.getByTestId("email-send").click();
  await expect(page.getByTestId("code-email")).toBeVisible();
}

for (const { lang, locale, words } of LANGUAGES) {
  test.describe(lang, () => {
    test.use({ locale, expectedComplaints: /status of 422/ });

    test("an e-mailed code signs in as soon as it is full, whatever the phone does meanwhile", async ({ web, demo, phone }) => {
      test.setTimeout(120_000);
      const { page } = web;
      const inbox = new Inbox(demo);
      await web.signIn();
      await expect(page.getByTestId("way-email")).toBeVisible();
      await look(page, `${lang}/ways`);
      await page.getByTestId("way-email").click();
      await expect(page.getByTestId("email-send")).toHaveText(words.send);
      await page.getByTestId("email-send").click();
      const field = page.getByTestId("code-email");
      await expect(field).toBeFocused();
      const code = await inbox.nextCode();
      await look(page, `${lang}/ways-email`);

      const wrong = code === "000000" ? "000001" : "000000";
      await field.pressSequentially(wrong);
      await expect(page.getByTestId("way-problem")).toContainText(words.wrong);
      await expect(field).toBeFocused();
      await expect(field).toHaveValue("");
      await look(page, `${lang}/ways-wrong`);

      await field.pressSequentially(code.slice(0, 3));
      await phone.tapPopup();
      await web.stands("seen");
      await expect(field).toHaveValue(code.slice(0, 3));
      await expect(field).toBeFocused();
      await expect(page.getByTestId("way-problem")).toBeVisible();
      await field.pressSequentially(code.slice(3));
      await web.isSignedIn();
    });
  });
}

test("digits are taken however they are typed or pasted, and are sent once", async ({ web, demo, phone }) => {
  void phone;
  const { page } = web;
  const inbox = new Inbox(demo);
  await web.signIn();
  await sendCode(page);
  const code = await inbox.nextCode();
  const sent = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/login/code")) sent.push(request.postData());
  });
  const wide = [...code].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join("");
  await page.getByTestId("code-email").fill(` ${wide.slice(0, 3)} ${wide.slice(3)} `);
  await web.isSignedIn();
  expect(sent).toHaveLength(1);
  expect(sent[0]).toContain(`code=${code}`);
});

test.describe("with a code that is wrong", () => {
  test.use({ expectedComplaints: /status of 422/ });

  test("a newer code ends the older one, and the phone may still be faster", async ({ web, demo, phone }) => {
    const { page } = web;
    const inbox = new Inbox(demo);
    await web.signIn();
    const number = await web.shownNumber();
    await sendCode(page);
    const older = await inbox.nextCode();
    await page.getByTestId("email-send").click();
    const newer = await inbox.nextCode();
    if (older !== newer) {
      await page.getByTestId("code-email").fill(older);
      await expect(page.getByTestId("way-problem")).toBeVisible();
    }
    await phone.tapPopup();
    await phone.approve(number);
    await web.isSignedIn();
  });
});

test("one way is open at a time, by the keyboard as well", async ({ web, phone }) => {
  void phone;
  const { page } = web;
  await web.signIn();
  const email = page.getByTestId("way-email");
  await email.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("email-send")).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByTestId("email-send")).toBeFocused();
  await expect(page.locator("details[open]")).toHaveCount(1);
});

test("without script the screen stands still for whoever types a code", async ({ browser, demo, phone }) => {
  void phone;
  const context = await browser.newContext({ javaScriptEnabled: false });
  const web = new Browser(await context.newPage(), demo);
  const { page } = web;
  const inbox = new Inbox(demo);
  await web.signIn();
  await expect(page.getByTestId("way-email")).toBeHidden();
  await page.getByRole("link", { name: "Use another way" }).click();
  await expect(page.locator('meta[http-equiv="refresh"]')).toHaveCount(0);
  await page.getByTestId("way-email").click();
  await page.getByTestId("email-send").click();
  const field = page.getByTestId("code-email");
  await expect(field).toBeVisible();
  await expect(page.locator('meta[http-equiv="refresh"]')).toHaveCount(0);
  await field.fill(await inbox.nextCode());
  await page.getByTestId("send-email").click();
  await web.isSignedIn();
  await context.close();
});
