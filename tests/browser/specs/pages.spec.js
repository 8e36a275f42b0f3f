// Each page in both languages, wide and narrow, light and dark: pictured, and checked by axe. The
// pictures are in test-results/pictures, to be looked at.

import { signInByNumber } from "../lib/browser.js";
import { look } from "../lib/look.js";
import { expect, test } from "../lib/test.js";

const LANGUAGES = [
  { lang: "en", locale: "en-GB" },
  { lang: "ja", locale: "ja-JP" },
];

for (const { lang, locale } of LANGUAGES) {
  test.describe(lang, () => {
    test.use({ locale, expectedComplaints: /status of 40[14]/ });
    test.describe.configure({ timeout: 120_000 });
    const picture = (page, name) => look(page, `${lang}/${name}`);

    test("pages without a session", async ({ web, demo, phone }) => {
      const { page } = web;
      await page.goto(demo.browser);
      await picture(page, "login");
      await web.fillIn("ada@example.com", "not-the-password");
      await expect(page.getByTestId("login-message")).toBeVisible();
      await picture(page, "login-wrong");
      await page.goto(new URL("/nowhere", demo.browser).href);
      await picture(page, "error");
      await page.goto(new URL("/login/code", demo.browser).href);
      await picture(page, "code-nothing");
      await page.goto(new URL("/pair", demo.browser).href);
      await picture(page, "pair-landing");
      await picture(phone.page, "phone-lock");
      await phone.page.getByTestId("focus").click();
      await picture(phone.page, "phone-focus");
      await phone.page.locator("#unlock").click();
      await expect(phone.page.getByTestId("accounts")).toBeVisible();
      await picture(phone.page, "phone-accounts");
    });

    test("pages of a sign-in that succeeds", async ({ web, phone }) => {
      const { page } = web;
      await web.signIn();
      const number = await web.shownNumber();
      await picture(page, "code-number");
      await expect(phone.popup).toBeVisible();
      await picture(phone.page, "phone-popup");
      await phone.tapPopup();
      await web.stands("seen");
      await picture(page, "code-seen");
      await picture(phone.page, "phone-request");
      await phone.page.getByTestId("approve").click();
      await phone.typeNumber(number[0]);
      await picture(phone.page, "phone-number");
      await phone.typeNumber(number[1]);
      const release = await hold(phone.page, "**/approve");
      await phone.page.getByTestId("number-confirm").click();
      await expect(phone.page.getByTestId("primer-continue")).toBeVisible();
      await picture(phone.page, "phone-primer");
      await phone.readWhy();
      await expect(phone.page.getByTestId("faceid")).toBeVisible();
      await picture(phone.page, "phone-face");
      release();
      await web.isSignedIn();
      await phone.shows("done");
      await picture(phone.page, "phone-done");
      await picture(page, "start");
      await web.signOut();
      await picture(page, "login-signed-out");
      await web.signIn();
      await expect(page.locator(".dial .icon, .dial svg").first()).toBeVisible();
      await picture(page, "code-tap");
    });

    test("pages of adding a phone", async ({ web, phone }) => {
      const { page } = web;
      await signInByNumber(web, phone);
      await page.getByTestId("add-phone").click();
      await picture(page, "pair-begin");
      await page.getByTestId("pair-begin").click();
      await expect(page.getByTestId("pair-code")).toBeVisible();
      await picture(page, "pair-offer");
      await page.locator("details summary").click();
      const link = await page.getByTestId("pair-link").textContent();
      await page.getByTestId("pair-code").fill("123456");
      await page.getByTestId("pair-submit").click();
      await picture(page, "pair-offer-unclaimed");
      await phone.page.getByTestId("close").click();
      await phone.page.getByTestId("pair-link").fill(link);
      await phone.page.getByTestId("pair-submit").click();
      const shown = phone.page.getByTestId("pair-code");
      await expect(shown).toBeVisible();
      await picture(phone.page, "phone-pairing");
      await page.getByTestId("pair-code").fill((await shown.textContent()).replace(/\D/g, ""));
      await page.getByTestId("pair-submit").click();
      await expect(page.getByTestId("pair-done")).toBeVisible();
      await picture(page, "pair-done");
      await phone.shows("paired");
      await picture(phone.page, "phone-paired");
    });

    test("pages of sign-ins that fail", async ({ web, phone }) => {
      const { page } = web;
      await web.signIn();
      const number = await web.shownNumber();
      await phone.tapPopup();
      await phone.approve(number === "11" ? "22" : "11");
      await web.stands("wrong_number");
      await picture(page, "code-wrong-number");
      await phone.shows("wrong-number");
      await picture(phone.page, "phone-wrong-number");
      await phone.page.getByTestId("close").click();

      await web.signIn();
      await phone.openNewest();
      await phone.page.getByTestId("deny").click();
      await web.stands("denied");
      await picture(page, "code-denied");
      await phone.shows("denied");
      await picture(phone.page, "phone-denied");
      await phone.page.getByTestId("close").click();

      await web.signIn();
      await phone.openNewest();
      await phone.page.getByTestId("report").click();
      await picture(phone.page, "phone-report");
      await phone.page.getByTestId("report-confirm").click();
      await web.stands("reported");
      await picture(page, "code-reported");
      await phone.shows("reported");
      await picture(phone.page, "phone-reported");
      await phone.page.getByTestId("close").click();

      await web.signIn();
      const again = await web.shownNumber();
      await phone.openNewest();
      await phone.approve(again);
      await web.isAt("/account/password");
      await picture(page, "password");
    });

    test("pages of a phone that stays quiet", async ({ web, phone }) => {
      await web.signIn();
      await expect(phone.popup).toBeVisible();
      await web.page.goto(web.demo.browser);
      await web.signIn();
      await web.stands("held_too_many");
      await expect(web.note).not.toBeEmpty();
      await picture(web.page, "code-quiet");
    });
  });
}

/** Keeps a request until the answer is called: what is shown meanwhile can be looked at. */
async function hold(page, url) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route(url, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}
