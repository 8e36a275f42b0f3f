// The story of a product where a second factor is required of everybody and set up in the sign-in; a super
// administrator alone may make it optional.

import { Administrator } from "../../lib/administrator.js";
import { ADMINISTRATOR, CLIENT, CONTRACTOR, SUPER_ADMINISTRATOR } from "../../lib/demo.js";
import { addApp, setUpApp, typeAppCode } from "../../lib/factors.js";
import { expect, test } from "../../lib/test.js";

test.use({ demoArgs: ["--preset", "provconnect"] });
test.setTimeout(120_000);

test("provconnect: required and set up in the sign-in, until a super administrator makes it optional", async ({ person }) => {
  const client = await person({ permissions: ["clipboard-read", "clipboard-write"] });
  let secret;
  await test.step("set-up is part of the sign-in: an app, the QR code, the secret key, the code", async () => {
    await client.signInAs(CLIENT);
    await expect(client.page).toHaveURL(/\/login\/setup/);
    const { page } = client;
    if (await page.getByTestId("set-totp").isVisible()) await page.getByTestId("set-totp").click();
    await expect(page.getByText("Google Authenticator")).toBeVisible();
    await expect(page.getByText("Microsoft Authenticator")).toBeVisible();
    await page.getByTestId("setup-no-camera").click();
    await expect(page.getByTestId("setup-copy")).toHaveText("Copy secret key");
    await page.getByTestId("setup-copy").click();
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(copied).toMatch(/^[A-Z2-7]{16,}$/);
    const shown = (await page.getByTestId("setup-secret").textContent()).replaceAll(/\s/g, "");
    expect(await copied()).toBe(shown);
    await page.getByTestId("setup-no-camera").click();
    secret = await setUpApp(page);
    await client.isSignedIn(CLIENT);
  });

  await test.step("an administrator reads the settings, and changes nothing", async () => {
    const web = await person();
    const { page } = web;
    await web.signInAs(ADMINISTRATOR);
    await setUpApp(page);
    await web.isSignedIn(ADMINISTRATOR);
    await web.open("/admin/settings");
    await expect(page.getByTestId("settings-read-only")).toContainText("Only super administrators");
    await expect(page.getByTestId("settings-check")).toHaveCount(0);
    await expect(page.getByTestId("base-optional")).toBeDisabled();
  });

  await test.step("a super administrator makes it optional, and sees first whom that concerns", async () => {
    const web = await person();
    await web.signInAs(SUPER_ADMINISTRATOR);
    const own = await setUpApp(web.page);
    await web.isSignedIn(SUPER_ADMINISTRATOR);
    const administrator = new Administrator(web);
    await administrator.openSettings(() => proves(web.page, own));
    await web.page.getByTestId("base-optional").check();
    await administrator.check();
    await administrator.affects("not-asked", 1);
    await web.page.getByTestId("effect-not-asked-show").click();
    await expect(web.page.getByTestId("effect-not-asked-list")).toContainText(CONTRACTOR);
    await administrator.save();
  });

  await test.step("those who have it keep it, and may turn it off", async () => {
    await client.signOut();
    await client.signInAs(CLIENT);
    await client.isAt("/login/code");
    await typeAppCode(client.page, secret);
    await client.isSignedIn(CLIENT);
    await client.page.getByTestId("start-security").click();
    await client.page.getByTestId("turn-off").click();
    await client.page.getByTestId("turn-off-sure").click();
    await expect(client.page.getByTestId("security-notice")).toBeVisible();
    await client.open("/");
    await client.signOut();
    await client.signInByPassword(CLIENT);
  });

  await test.step("those who do not have it are not forced, but may set it up", async () => {
    const contractor = await person();
    await contractor.signInByPassword(CONTRACTOR);
    await contractor.page.getByTestId("start-security").click();
    await addApp(contractor.page);
    await contractor.open("/");
    await contractor.signOut();
    await contractor.signInAs(CONTRACTOR);
    await contractor.isAt("/login/code");
  });
});

/** Proves to be there, by the authenticator app. */
async function proves(page, secret) {
  await page.getByTestId("confirm-submit").click();
  await typeAppCode(page, secret);
}
