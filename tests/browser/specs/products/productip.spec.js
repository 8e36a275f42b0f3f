// The story of a product where administrators turn the second factor on or off for the whole company at once, on plans
// that include it, beside an allow-list of office networks.

import { Administrator } from "../../lib/administrator.js";
import { ADMINISTRATOR, CLIENT, CONTRACTOR, EMAIL, SUPER_ADMINISTRATOR } from "../../lib/demo.js";
import { setUpApp } from "../../lib/factors.js";
import { Inbox } from "../../lib/inbox.js";
import { expect, test } from "../../lib/test.js";

test.use({ demoArgs: ["--preset", "productip"], expectedComplaints: /status of 403/ });
test.setTimeout(120_000);

const ALL = [EMAIL, CLIENT, CONTRACTOR, ADMINISTRATOR, SUPER_ADMINISTRATOR].sort();

test("productip: one switch is for the whole company, on plans that include it", async ({ web, person, demo, phone, command }) => {
  const inbox = new Inbox(demo);
  const administrator = new Administrator(await person());
  const { page } = administrator;
  await web.signInByPassword(EMAIL);
  await administrator.web.signInByPassword(ADMINISTRATOR);

  await test.step("on other plans one sees why not", async () => {
    await command("tenant", "plan", "starter");
    await administrator.openSettings();
    await expect(page.getByTestId("rule-0-locked")).toContainText("enterprise, professional");
    await expect(page.getByTestId("rule-0-locked")).toContainText("starter");
    await expect(page.getByTestId("rule-0-ask-required")).toHaveCount(0);
    await command("tenant", "plan", "professional");
  });

  await test.step("it is turned on after a confirmation, and all are told", async () => {
    await administrator.openSettings();
    await page.getByTestId("rule-0-ask-required").check();
    await administrator.check();
    await administrator.affects("set-up", 4);
    await administrator.affects("asked", 1);
    await expect(page.getByTestId("preview-told")).toHaveText("5 users are told by mail.");
    await (await person()).signInByPassword(CONTRACTOR);
    await administrator.save();
    expect(await inbox.told(/signing in takes two steps from now on/, 5)).toEqual(ALL);
    await web.open("/");
    await web.isSignedIn();
  });

  await test.step("everybody is asked at the next login, and cannot turn it off", async () => {
    const client = await person();
    await client.signInAs(CLIENT);
    await setUpApp(client.page);
    await client.isSignedIn(CLIENT);
    await client.page.getByTestId("start-security").click();
    await expect(client.page.getByTestId("security-authenticator")).toBeVisible();
    await expect(client.page.getByTestId("turn-off")).toHaveCount(0);
    await expect(client.page.getByTestId("authenticator-remove")).toHaveCount(0);

    const colleague = await person();
    await colleague.signIn();
    const number = await colleague.shownNumber();
    await phone.tapPopup();
    await phone.approve(number);
    await colleague.isSignedIn();
  });

  await test.step("only the office is allowed", async () => {
    await administrator.openSettings();
    await page.getByTestId("allowed").fill("127.0.0.0/8\n192.0.2.0/24");
    await administrator.check();
    await administrator.save();
    const office = await person({ extraHTTPHeaders: { "X-Forwarded-For": "192.0.2.9" } });
    await office.open("/login");
    await expect(office.page.getByTestId("login-email")).toBeVisible();
    const elsewhere = await person({ extraHTTPHeaders: { "X-Forwarded-For": "198.51.100.9" } });
    const refused = await elsewhere.page.goto(new URL("/login", demo.browser).href);
    expect(refused.status()).toBe(403);
    await expect(elsewhere.page.getByTestId("login-email")).toHaveCount(0);
  });

  await test.step("it is turned off, and removed from all", async () => {
    await administrator.openSettings();
    await page.getByTestId("rule-0-ask-off").check();
    await administrator.check();
    await administrator.affects("removed", 2);
    await administrator.affects("not-asked", 5);
    await administrator.save();
    expect(await inbox.told(/signing in takes only your password again/, 5)).toEqual(ALL);
    await web.open("/account/security");
    await expect(web.page.getByTestId("phone-remove")).toHaveCount(0);
    for (const email of [EMAIL, CLIENT]) await (await person()).signInByPassword(email);
  });
});
