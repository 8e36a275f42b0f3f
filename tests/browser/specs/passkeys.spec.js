// Passkeys in Chromium: added in the account, and used on the Code screen instead of the phone.

import { inThisComputer, oldKey } from "../lib/authenticator.js";
import { signInByNumber } from "../lib/browser.js";
import { look } from "../lib/look.js";
import { expect, test } from "../lib/test.js";

const LANGUAGES = [
  { locale: "en-GB", lang: "en", title: "Passkeys", unnamed: "Passkey", cancelled: "No passkey was used. Try again, or choose another way." },
  { locale: "ja-JP", lang: "ja", title: "パスキー", unnamed: "パスキー", cancelled: "パスキーは使われませんでした。もう一度試すか、別の方法を選んでください。" },
];

/** A click in the page that is looked at: only there does Chromium let a passkey be used. */
async function use(page, button) {
  await page.bringToFront();
  await page.getByTestId(button).click();
}

/** Signs in by the phone, which is fresh proof, and adds a passkey or a key. */
async function addOne(web, phone, button = "passkey-add") {
  await signInByNumber(web, phone);
  await web.page.goto(new URL("/account/passkeys", web.demo.browser).href);
  await use(web.page, button);
  await expect(web.page.getByTestId("passkey")).toHaveCount(1);
}

for (const words of LANGUAGES) {
  test.describe(words.lang, () => {
    test.use({ locale: words.locale });

    test("a passkey is added, and signs in with one click", async ({ web, phone }) => {
      const { page } = web;
      const authenticator = await inThisComputer(page);
      await addOne(web, phone);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(words.title);
      await expect(page.getByTestId("passkey-name")).toHaveText(words.unnamed);
      const [credential] = await authenticator.credentials();
      expect([credential.rpId, credential.isResidentCredential]).toEqual(["localhost", true]);
      await look(page, `passkeys-${words.lang}`);

      await page.goto(web.demo.browser);
      await web.signOut();
      await web.signIn();
      await expect(page.getByTestId("way-passkey")).toBeVisible();
      await look(page, `code-passkey-${words.lang}`);
      await use(page, "way-passkey");
      await web.isSignedIn();
    });

    test("who cancels is told so in place, and the phone is waited for as before", async ({ web, phone }) => {
      const { page } = web;
      const authenticator = await inThisComputer(page);
      await addOne(web, phone);
      await page.goto(web.demo.browser);
      await web.signOut();
      await web.signIn();
      await authenticator.verifies(false);
      await use(page, "way-passkey");
      await expect(page.getByTestId("passkey-note")).toHaveText(words.cancelled);
      await phone.tapPopup();
      await phone.approve();
      await web.isSignedIn();
    });
  });
}

test("an old key that is only touched is added, and signs in", async ({ web, phone }) => {
  await oldKey(web.page);
  await addOne(web, phone, "passkey-add-key");
  await expect(web.page.getByTestId("passkey-name")).toHaveText("Security key");
  await web.page.goto(web.demo.browser);
  await web.signOut();
  for (let count = 0; count < 2; count += 1) {
    await web.signIn();
    await use(web.page, "way-passkey");
    await web.isSignedIn();
    await web.signOut();
  }
});

test("a passkey is renamed and removed", async ({ web, phone }) => {
  const { page } = web;
  await inThisComputer(page);
  await addOne(web, phone);
  await page.getByTestId("passkey-change").click();
  await page.getByTestId("passkey-new-name").fill("Ada’s laptop");
  await page.getByTestId("passkey-rename").click();
  await expect(page.getByTestId("passkey-name")).toHaveText("Ada’s laptop");
  await page.getByTestId("passkey-change").click();
  await look(page, "passkeys-change");
  await page.getByTestId("passkey-remove").click();
  await expect(page.getByTestId("passkey")).toHaveCount(0);
});

test.describe("what the server or the authenticator refuses", () => {
  // Chromium notes the answers' statuses.
  test.use({ expectedComplaints: /status of (403|409|410|422)/ });

  test("a passkey that is there already is not added again", async ({ web, phone }) => {
    await inThisComputer(web.page);
    await addOne(web, phone);
    await use(web.page, "passkey-add");
    await expect(web.page.getByTestId("passkey-note")).toHaveText("This one was added before. Choose another.");
    await expect(web.page.getByTestId("passkey")).toHaveCount(1);
  });

  test("a login that ended while the passkey was looked for is not signed in", async ({ web, phone }) => {
    const { page } = web;
    await inThisComputer(page);
    await addOne(web, phone);
    await page.goto(web.demo.browser);
    await web.signOut();
    await web.signIn();
    await phone.tapPopup();
    await phone.page.getByTestId("deny").click();
    await web.stands("denied");
    await expect(page.getByTestId("way-passkey")).toHaveCount(0);
  });
});

test("without WebAuthn the page offers no passkeys and says so", async ({ web, phone }) => {
  const { page } = web;
  await page.addInitScript(() => delete window.PublicKeyCredential);
  await signInByNumber(web, phone);
  await page.goto(new URL("/account/passkeys", web.demo.browser).href);
  await expect(page.getByText("This browser can’t add passkeys.")).toBeVisible();
  await expect(page.getByTestId("passkey-add")).toBeHidden();
});

test("where the browser cannot read and write the JSON itself, the page does", async ({ web, phone }) => {
  const { page } = web;
  await inThisComputer(page);
  await page.addInitScript(() => {
    delete PublicKeyCredential.parseCreationOptionsFromJSON;
    delete PublicKeyCredential.parseRequestOptionsFromJSON;
    delete PublicKeyCredential.prototype.toJSON;
  });
  await addOne(web, phone);
  await page.goto(web.demo.browser);
  await web.signOut();
  await web.signIn();
  await use(page, "way-passkey");
  await web.isSignedIn();
});

test("where a code can be typed, the passkey is offered beside it", async ({ web, phone }) => {
  const { page } = web;
  await inThisComputer(page);
  await addOne(web, phone);
  await page.goto(web.demo.browser);
  await web.signOut();
  await web.signIn();
  await page.bringToFront();
  await page.getByTestId("way-email").click();
  await page.getByTestId("email-send").click();
  // The virtual authenticator takes an offer as soon as it is made.
  await web.isSignedIn();
});
