// What the phone does instead of approving, and what the browser says then.

import { signInByNumber } from "../lib/browser.js";
import { expect, test } from "../lib/test.js";

test("denied on the phone: the browser says so and offers a new start", async ({ web, phone }) => {
  await web.signIn();
  await phone.tapPopup();
  await phone.page.getByTestId("deny").click();
  await phone.shows("denied");
  await web.stands("denied");
  await expect(web.page.getByRole("heading", { level: 1 })).toHaveText("Sign-in denied");
  await expect(web.number).toHaveCount(0);
  await web.page.getByRole("link", { name: "Start again" }).click();
  await web.isAt("/login");
});

test.describe("after a report", () => {
  // The browser notes the page that refuses the old password as an error.
  test.use({ expectedComplaints: /422/ });

  test("reported on the phone: this sign-in is stopped, the phone stays quiet, and a new password comes first", async ({ web, phone }) => {
    await signInByNumber(web, phone);
    await web.signOut();
    await web.signIn();
    await expect(web.number).toHaveCount(0);
    await phone.tapPopup();
    await phone.page.getByTestId("report").click();
    await phone.page.getByTestId("report-confirm").click();
    await phone.shows("reported");
    await web.stands("reported");
    await expect(web.status).toContainText("choose a new password");

    await phone.page.getByTestId("close").click();
    await web.signIn();
    await expect(phone.popup).toBeHidden();
    const number = await web.shownNumber();
    await phone.openNewest();
    await phone.approve(number);
    await web.isAt("/account/password");
    await web.page.getByTestId("password-new").fill(web.demo.password);
    await web.page.getByTestId("password-again").fill(web.demo.password);
    await web.page.getByTestId("password-submit").click();
    await expect(web.page.getByTestId("password-message")).toContainText("reported");
    await web.page.getByTestId("password-new").fill("a new horse, a new battery");
    await web.page.getByTestId("password-again").fill("a new horse, a new battery");
    await web.page.keyboard.press("Enter");
    await web.isSignedIn();
  });
});

test("a wrong number ends the sign-in at once", async ({ web, phone }) => {
  await web.signIn();
  const number = await web.shownNumber();
  const wrong = number === "11" ? "22" : "11";
  await phone.tapPopup();
  await phone.approve(wrong);
  await phone.shows("wrong-number");
  await web.stands("wrong_number");
  await expect(web.page.getByRole("heading", { level: 1 })).toHaveText("Number didn’t match");
  await web.page.getByRole("link", { name: "Start again" }).click();
  await web.isAt("/login");
});
