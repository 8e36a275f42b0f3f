// The server's pages without a line of script.

import { Browser } from "../lib/browser.js";
import { expect, test } from "../lib/test.js";

test("without script the Code screen refreshes itself, and one press signs in", async ({ browser, demo, phone }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const web = new Browser(await context.newPage(), demo);
  await web.signIn();
  const number = await web.shownNumber();
  await expect(web.page.getByRole("button", { name: "Continue" })).toBeHidden();

  await phone.tapPopup();
  await expect(web.status).toHaveText("Seen on your phone");
  await phone.approve(number);
  await phone.shows("done");
  await web.page.getByRole("button", { name: "Continue" }).click();
  await web.isSignedIn();
  await web.signOut();
  await context.close();
});

test("without script a denial is told as well", async ({ browser, demo, phone }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const web = new Browser(await context.newPage(), demo);
  await web.signIn();
  await phone.tapPopup();
  await phone.page.getByTestId("deny").click();
  await web.stands("denied");
  await context.close();
});
