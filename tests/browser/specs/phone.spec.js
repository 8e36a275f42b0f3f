// The phone: where no popup comes, several requests, what is said once, and what follows from a no.

import { writeFile } from "node:fs/promises";
import { Browser } from "../lib/browser.js";
import { Phone } from "../lib/phone.js";
import { encodePng } from "../lib/png.js";
import { expect, test as base } from "../lib/test.js";

const test = base.extend({
  /** The person's second phone, in tests that ask for it. */
  second: async ({ context, demo }, use) => {
    const second = new Phone(await context.newPage());
    await second.open(demo.second);
    await use(second);
  },
});

const LANGUAGES = [
  {
    locale: "en-GB",
    primer: "Your face never leaves this phone; only a signature does.",
    denied: "No popups for a while: to approve, open this app",
    reported: [
      "This sign-in stops, and you are signed out everywhere",
      "You get an e-mail, and your administrators are told",
      "You choose a new password when you next sign in",
      "No popups for a while: to approve, open this app",
    ],
    two: "2 sign-ins are waiting. Approve only the one you started.",
  },
  {
    locale: "ja-JP",
    primer: "顔のデータが端末の外に出ることはありません。送信されるのは署名だけです。",
    denied: "しばらくの間、通知を止めます。承認するときは、このアプリを開いてください",
    reported: [
      "このサインインを中止し、すべての端末からサインアウトします",
      "ご本人にメールが届き、管理者にも知らされます",
      "次のサインインで、新しいパスワードを設定します",
      "しばらくの間、通知を止めます。承認するときは、このアプリを開いてください",
    ],
    two: "2件のサインインが確認待ちです。ご自身で始めたものだけを承認してください。",
  },
];

test("Focus keeps the popup away, and opening the app shows the request all the same", async ({ web, phone }) => {
  const focus = phone.page.getByRole("switch", { name: "Focus" });
  await focus.click();
  await expect(focus).toBeChecked();
  await web.signIn();
  await phone.openNewest();
  await expect(phone.popup).toBeHidden();
  await web.stands("seen");
  await phone.approve(await web.shownNumber());
  await web.isSignedIn();
});

test("when Focus ends, what still waits lies on the lock screen", async ({ web, phone }) => {
  const focus = phone.page.getByRole("switch", { name: "Focus" });
  await focus.click();
  await web.signIn();
  await expect.poll(async () => (await phone.state()).waiting).toBe(1);
  await expect(phone.popup).toBeHidden();
  await focus.click();
  await phone.tapPopup();
});

test("the app has the tenant's picture and colour, in its list and on the request", async ({ web, phone, command, demo }, info) => {
  const file = info.outputPath("logo.png");
  const rgba = new Uint8Array(32 * 32 * 4).fill(255);
  for (let at = 0; at < rgba.length; at += 8) rgba.set([0xb3, 0x00, 0x5e], at);
  await writeFile(file, encodePng({ width: 32, height: 32, rgba }));
  const page = async () => (await web.page.request.get(`${demo.browser}login`)).text();
  // A running server hears within seconds of what another process changed.
  const look = async (colour, logo, { shown }) => {
    await command("tenant", "brand", "--colour", colour, "--logo", logo);
    await expect.poll(async () => (await page()).includes("/assets/logo")).toBe(shown);
  };
  await look("#b3005e", file, { shown: true });

  await phone.page.locator("#unlock").click();
  const width = (picture) => picture.evaluate((image) => image.decode().then(() => image.naturalWidth));
  const listed = phone.page.getByTestId("accounts").locator(".avatar img");
  await expect(listed).toBeVisible();
  expect(await width(listed)).toBe(32);
  await web.signIn();
  await phone.openNewest();
  const card = phone.page.getByTestId("request-card");
  expect(await width(card.locator(".avatar img"))).toBe(32);
  await expect(card).toHaveCSS("box-shadow", /rgb\(179, 0, 94\)/);

  await look("none", "none", { shown: false });
  await phone.page.keyboard.press("Escape");
  await phone.page.getByRole("button", { name: "Lock the phone" }).click();
  await phone.page.locator("#unlock").click();
  await expect(phone.page.getByTestId("accounts").locator(".avatar")).toHaveText(/^.$/);
});

test.describe("with two phones", () => {
  test.use({ demoArgs: ["--phones", "2"] });

  test("the popup and the sheet go when the request is answered elsewhere", async ({ web, phone, second }) => {
    await web.signIn();
    const number = await web.shownNumber();
    await expect(second.popup).toBeVisible();
    await phone.tapPopup();
    await phone.approve(number);
    await web.isSignedIn();
    await expect(second.popup).toBeHidden();

    await web.signOut();
    await web.signIn();
    await second.tapPopup();
    await phone.page.getByTestId("close").click();
    await phone.openNewest();
    await phone.approve();
    await web.isSignedIn();
    await expect(second.page.getByTestId("elsewhere")).toContainText("another phone");
  });
});

for (const words of LANGUAGES) {
  test.describe(words.locale, () => {
    test.use({ locale: words.locale });

    test("why a face is asked for is said before the first time, and never again", async ({ web, phone }) => {
      const primer = phone.page.getByTestId("primer");
      await web.signIn();
      const number = await web.shownNumber();
      await phone.tapPopup();
      await phone.page.getByTestId("approve").click();
      await phone.typeNumber(number);
      await phone.page.getByTestId("number-confirm").click();
      await expect(primer).toContainText(words.primer);
      await phone.page.reload();
      await phone.openNewest();
      await phone.approve(number);
      await web.isSignedIn();

      await web.signOut();
      await web.signIn();
      await phone.page.getByTestId("close").click();
      await phone.openNewest();
      await phone.page.getByTestId("approve").click();
      await web.isSignedIn();
    });

    test("of two requests the phone rings for one, and the app shows both with a warning", async ({ web, phone, browser, demo }) => {
      const stranger = await browser.newContext();
      const other = new Browser(await stranger.newPage(), demo);
      await web.signIn();
      await expect(phone.popup).toBeVisible();
      await other.signIn();
      await phone.page.locator("#unlock").click();
      await expect(phone.page.getByTestId("pending-item")).toHaveCount(2);
      await expect(phone.page.getByTestId("several")).toHaveText(words.two);
      await expect(phone.popup).toBeHidden();
      await stranger.close();
    });

    test("a request comes to the open app by itself", async ({ web, phone }) => {
      await phone.page.locator("#unlock").click();
      await expect(phone.page.getByTestId("accounts")).toBeVisible();
      await web.signIn();
      await expect(phone.page.getByTestId("pending-item")).toHaveCount(1);
      await expect(phone.page.getByTestId("several")).toBeHidden();
    });

    test("a denial and a report say what follows", async ({ web, phone }) => {
      const follows = phone.page.getByTestId("follows").locator("li");
      await web.signIn();
      await phone.tapPopup();
      await phone.page.getByTestId("deny").click();
      await phone.shows("denied");
      await expect(follows).toHaveText([words.denied]);
      await phone.page.getByTestId("close").click();

      await web.signIn();
      await phone.openNewest();
      await phone.page.getByTestId("report").click();
      await expect(follows).toHaveText(words.reported);
      await phone.page.getByTestId("report-confirm").click();
      await phone.shows("reported");
      await expect(follows).toHaveText(words.reported);
    });
  });
}
