// The Code screen while it waits: hint, asking again, lost connections, reloads and further tabs.

import { Browser } from "../lib/browser.js";
import { expect, test } from "../lib/test.js";

const HINT = "No popup? Focus or Do Not Disturb may be on.";
const LOST = "Connection lost. Trying again…";

test("after twenty seconds without an answer a hint says what may keep the popup away", async ({ web, phone }) => {
  await web.page.clock.install();
  await web.page.clock.pauseAt(Date.now() + 60_000);
  await web.signIn();
  await expect(phone.popup).toBeVisible();
  await web.stands("delivered");
  // The page's clock runs ahead of the server's: what the server would say now would set it back.
  await web.page.route("**/login/code", () => {});
  const since = Number(await web.code.getAttribute("data-since"));
  await web.page.clock.runFor((19 - since) * 1000);
  await expect(web.note).toHaveText("");
  await web.page.clock.runFor(2_000);
  await expect(web.note).toContainText(HINT);
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

test.describe("with the connection gone", () => {
  test.use({ expectedComplaints: /ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING)/ });

  test("the page says so, and catches up when the network is back", async ({ web, phone }) => {
    await web.signIn();
    const number = await web.shownNumber();
    const network = await networkOf(web.page);
    await network.go("away");
    await expect(web.note).toHaveText(LOST);

    await phone.tapPopup();
    await phone.approve(number);
    await phone.shows("done");
    await web.isAt("/login/code");
    await network.go("back");
    await web.isSignedIn();
  });

  test("back in time, the line goes and the wait goes on", async ({ web, phone }) => {
    await web.signIn();
    const network = await networkOf(web.page);
    await network.go("away");
    await expect(web.note).toHaveText(LOST);
    await network.go("back");
    await expect(web.note).toHaveText("");
    await phone.tapPopup();
    await web.stands("seen");
  });

  test("both pages say that the server is gone", async ({ web, phone, demo }) => {
    await web.signIn();
    await phone.tapPopup();
    await phone.page.keyboard.press("Escape");
    await demo.stop("SIGKILL");
    await expect(web.note).toHaveText(LOST);
    await expect(phone.page.locator("#trouble")).toHaveText("The connection to the phone was lost. Trying again…");
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

/** One page's network, to be taken away and given back. */
async function networkOf(page) {
  const session = await page.context().newCDPSession(page);
  const conditions = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
  await session.send("Network.enable");
  return { go: (where) => session.send("Network.emulateNetworkConditions", { offline: where === "away", ...conditions }) };
}
