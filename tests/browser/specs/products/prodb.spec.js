// The story of a product whose administrators turn the second factor on in Manage Users; people confirm with the app,
// a code by e-mail or an authenticator app, all on one Code screen.

import { Administrator } from "../../lib/administrator.js";
import { signInByNumber } from "../../lib/browser.js";
import { CLIENT, CONTRACTOR, EMAIL, SUPER_ADMINISTRATOR } from "../../lib/demo.js";
import { addApp, typeAppCode, typeMailedCode } from "../../lib/factors.js";
import { Inbox } from "../../lib/inbox.js";
import { expect, test } from "../../lib/test.js";

test.use({ demoArgs: ["--preset", "prodb"] });
test.setTimeout(120_000);

test("prodb: an administrator turns it on for a selection; app, mail and authenticator are on one Code screen", async ({ web, person, demo, phone }) => {
  const inbox = new Inbox(demo);
  const before = await person();
  await before.signInByPassword(EMAIL);

  await test.step("turned on in Manage Users, for a selection", async () => {
    const administrator = new Administrator(await person());
    await administrator.web.signInByPassword(SUPER_ADMINISTRATOR);
    await administrator.page.getByTestId("to-admin").click();
    await administrator.select([EMAIL, CLIENT, CONTRACTOR], "turn-on");
    await expect(administrator.page.getByRole("heading", { level: 1 })).toHaveText("Turn the second factor on for 3 users?");
    await administrator.confirm();
    const told = await inbox.told(/signing in takes two steps from now on/, 3);
    expect(told).toEqual([EMAIL, CLIENT, CONTRACTOR].sort());
  });

  await test.step("those who are not selected go on by password, and so do sessions", async () => {
    await before.open("/");
    await before.isSignedIn();
    await (await person()).signInByPassword(SUPER_ADMINISTRATOR);
  });

  await test.step("with the app: popup, Face ID, start page", async () => {
    await signInByNumber(web, phone);
  });

  await test.step("without the app: Send New Code", async () => {
    const client = await person();
    await client.signInAs(CLIENT);
    await client.isAt("/login/code");
    await expect(client.page.getByTestId("way-totp")).toHaveCount(0);
    await typeMailedCode(client.page, inbox, CLIENT);
    await client.isSignedIn(CLIENT);
  });

  await test.step("an authenticator app is stored in the preferences, and its codes work", async () => {
    const contractor = await person();
    await contractor.signInAs(CONTRACTOR);
    await typeMailedCode(contractor.page, inbox, CONTRACTOR);
    await contractor.isSignedIn(CONTRACTOR);
    await contractor.page.getByTestId("start-security").click();
    await expect(contractor.page.getByText("Show pairing code for authenticator apps")).toBeVisible();
    const secret = await addApp(contractor.page);
    await contractor.open("/");
    await contractor.signOut();
    await contractor.signInAs(CONTRACTOR);
    await typeAppCode(contractor.page, secret);
    await contractor.isSignedIn(CONTRACTOR);
  });

  await test.step("all three ways are on one Code screen", async () => {
    await web.page.getByTestId("start-security").click();
    await addApp(web.page);
    await web.open("/");
    await web.signOut();
    await web.signIn();
    await expect(web.page.locator(".code-devices")).toContainText("Ada’s phone");
    await expect(web.page.getByTestId("way-totp")).toBeVisible();
    await expect(web.page.getByTestId("way-email")).toBeVisible();
    await phone.page.getByTestId("close").click();
    await phone.openNewest();
    await phone.approve();
    await web.isSignedIn();
  });
});

test("prodb: one user is turned on by their page, and confirms on the customer's own domain", async ({ person, demo, phone, command }) => {
  const administrator = await person();
  await administrator.signInByPassword(SUPER_ADMINISTRATOR);
  await administrator.open("/admin/users");
  await administrator.page.getByTestId("users-search").fill("lovelace");
  await administrator.page.getByTestId("users-filter").click();
  await administrator.page.getByRole("link", { name: "Ada Lovelace" }).click();
  await administrator.page.getByTestId("act-turn-on").click();
  await administrator.page.getByTestId("act-turn-on-sure").click();
  await expect(administrator.page.getByTestId("user-notice")).toHaveText("Done.");
  await expect(administrator.page.getByTestId("user-asked")).toContainText("by the rule “chosen”");

  const own = demo.browser.replace("localhost", "127.0.0.1");
  await command("tenant", "host", "add", new URL(own).origin);
  const web = await person();
  web.demo = { ...demo, browser: own };
  // A server that runs knows a new host within seconds.
  await expect(async () => {
    const answer = await fetch(own, { redirect: "manual" });
    expect(answer.status).toBe(303);
  }).toPass({ timeout: 15_000 });
  await signInByNumber(web, phone);
});
