// The pages of an account's security, as a person uses them: pictured in both languages, and checked by axe.

import { readFile } from "node:fs/promises";
import { signInByNumber } from "../lib/browser.js";
import { Inbox } from "../lib/inbox.js";
import { look } from "../lib/look.js";
import { expect, test } from "../lib/test.js";
import { totp } from "../lib/totp.js";

const SECURITY = "/account/security";
const LANGUAGES = [
  { lang: "en", locale: "en-GB" },
  { lang: "ja", locale: "ja-JP" },
];

/** Sets up an authenticator app; its secret. The present code is used up by it: the next one signs in. */
async function setUpApp(page) {
  await page.getByTestId("authenticator-add").click();
  await page.getByTestId("setup-no-camera").click();
  const secret = (await page.getByTestId("setup-secret").textContent()).trim();
  await page.getByTestId("setup-code").fill(totp(secret));
  await page.getByTestId("setup-submit").click();
  await expect(page.getByTestId("security-notice")).toBeVisible();
  return secret;
}

for (const { lang, locale } of LANGUAGES) {
  test.describe(lang, () => {
    test.use({ locale, expectedComplaints: /status of 4(10|22)/ });
    test.describe.configure({ timeout: 180_000 });
    const picture = (page, name) => look(page, `${lang}/${name}`);

    test("pages of an account's security", async ({ web, phone }) => {
      const { page } = web;
      await signInByNumber(web, phone);
      await page.getByTestId("to-security").click();
      await web.isAt(SECURITY);
      await picture(page, "security-new");

      await page.getByTestId("authenticator-add").click();
      await page.getByTestId("setup-no-camera").click();
      await picture(page, "setup");
      await page.getByTestId("setup-code").fill("000000");
      await page.getByTestId("setup-submit").click();
      await expect(page.getByTestId("setup-problem")).toBeVisible();
      await picture(page, "setup-wrong");
      await page.goBack();
      await page.goto(new URL(SECURITY, page.url()).href);
      await setUpApp(page);

      await page.getByTestId("codes-make").click();
      await expect(page.getByTestId("recovery-codes")).toBeVisible();
      await picture(page, "recovery-codes");
      await page.getByTestId("codes-kept").click();
      await page.getByTestId("phone-remove").click();
      await expect(page.getByTestId("phone-remove-sure")).toBeVisible();
      await picture(page, "security");
    });

    test("pages of a lost phone", async ({ web, demo, phone }) => {
      const { page } = web;
      const inbox = new Inbox(demo);
      await signInByNumber(web, phone);
      await page.goto(new URL(SECURITY, demo.browser).href);
      await page.getByTestId("codes-make").click();
      await expect(page.getByTestId("recovery-codes")).toBeVisible();
      await page.getByTestId("codes-kept").click();
      await page.goto(demo.browser);
      await web.signOut();
      await web.signIn();
      await page.getByTestId("lost-phone").click();
      await picture(page, "recover-ask");
      await page.getByTestId("recover-send").click();
      await picture(page, "recover-sent");
      const mail = await inbox.next(/getting in without|スマートフォンなしで/);
      await page.goto(mail.match(/href="([^"]*\/recover\/[^"]*)"/)[1]);
      await web.isAt("/login/recover");
      await picture(page, "recover-prove");
      await page.getByTestId("recover-begin-wait").click();
      await expect(page.getByTestId("recover-stop")).toBeVisible();
      await picture(page, "recover-waiting");
      const told = await inbox.next(/someone asks|求められています/);
      await page.goto(told.match(/href="([^"]*\/recover\/stop\/[^"]*)"/)[1]);
      await picture(page, "recover-stop");
      await page.getByTestId("recover-stop").click();
      await picture(page, "recover-stopped");
    });
  });
}

test("recovery codes are kept as a file, and one of them signs in", async ({ web, demo, phone }) => {
  const { page } = web;
  await signInByNumber(web, phone);
  await page.goto(new URL(SECURITY, demo.browser).href);
  await page.getByTestId("codes-make").click();
  const downloading = page.waitForEvent("download");
  await page.getByTestId("codes-download").click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("recovery-codes.txt");
  const file = await readFile(await download.path(), "utf8");
  const shown = (await page.getByTestId("recovery-codes").locator("li").allTextContents()).map((code) => code.trim());
  expect(shown).toHaveLength(10);
  expect(file.split("\r\n").filter((line) => shown.includes(line))).toEqual(shown);
  await page.getByTestId("codes-kept").click();
  await expect(page.getByTestId("security-codes")).toContainText("10 left");

  await page.goto(demo.browser);
  await web.signOut();
  await web.signIn();
  await page.getByTestId("way-recovery").click();
  await page.getByTestId("code-recovery").fill(shown[4].toUpperCase().replaceAll("-", " "));
  await page.keyboard.press("Enter");
  await web.isSignedIn();
  await expect(page.getByTestId("start-proof")).toHaveText("Password and a recovery code");
});

test("an authenticator app is set up, and its code signs in by itself when it is full", async ({ web, demo, phone }) => {
  const { page } = web;
  await signInByNumber(web, phone);
  await page.goto(new URL(SECURITY, demo.browser).href);
  const secret = await setUpApp(page);
  await page.goto(demo.browser);
  await web.signOut();
  await web.signIn();
  await page.getByTestId("way-totp").click();
  await expect(page.getByTestId("code-totp")).toBeVisible();
  await page.getByTestId("code-totp").pressSequentially(totp(secret, 1));
  await web.isSignedIn();
  await expect(page.getByTestId("start-proof")).toHaveText("Password and an authenticator app");
});

test("a phone is removed at the second press, not at the first", async ({ web, demo, phone }) => {
  const { page } = web;
  await signInByNumber(web, phone);
  await page.goto(new URL(SECURITY, demo.browser).href);
  await page.getByTestId("phone-remove").click();
  await page.reload();
  await expect(page.getByTestId("security-phones").getByTestId("phone-remove")).toBeVisible();
  await page.getByTestId("phone-remove").click();
  await page.getByTestId("phone-remove-sure").click();
  await expect(page.getByTestId("security-notice")).toHaveText("The phone was removed.");
  await expect(page.getByTestId("phone-remove")).toHaveCount(0);
});
