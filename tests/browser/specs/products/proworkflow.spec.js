// The story of a product where the second factor is optional for most; mandatory for the types of users that an
// administrator forces, and for everybody once the finance plug-in is on.

import { Administrator } from "../../lib/administrator.js";
import { CLIENT, CONTRACTOR, SUPER_ADMINISTRATOR } from "../../lib/demo.js";
import { addApp, setUpApp, typeAppCode } from "../../lib/factors.js";
import { Inbox } from "../../lib/inbox.js";
import { expect, test } from "../../lib/test.js";

test.use({ demoArgs: ["--preset", "proworkflow"] });
test.setTimeout(120_000);

test("proworkflow: optional, until a type is forced or the plug-in is on; a lost device is reset by mail", async ({ person, demo, command }) => {
  const inbox = new Inbox(demo);
  const contractor = await person();

  await test.step("anyone turns it on and off in the security tab", async () => {
    await contractor.signInByPassword(CONTRACTOR);
    await contractor.page.getByTestId("start-security").click();
    const secret = await addApp(contractor.page);
    await contractor.open("/");
    await contractor.signOut();
    await contractor.signInAs(CONTRACTOR);
    await typeAppCode(contractor.page, secret);
    await contractor.isSignedIn(CONTRACTOR);
    await contractor.page.getByTestId("start-security").click();
    await contractor.page.getByTestId("turn-off").click();
    await contractor.page.getByTestId("turn-off-sure").click();
    await expect(contractor.page.getByTestId("security-notice")).toBeVisible();
    await contractor.open("/");
    await contractor.signOut();
    await contractor.signInByPassword(CONTRACTOR);
  });

  const client = await person();
  let secret;
  await test.step("a type that is forced sets up at the next login, by QR code and one code", async () => {
    await client.signInByPassword(CLIENT);
    const administrator = new Administrator(await person());
    await administrator.web.signInByPassword(SUPER_ADMINISTRATOR);
    await administrator.openSettings();
    await administrator.page.getByTestId("rule-1-type-client").check();
    await administrator.check();
    await administrator.affects("set-up", 1);
    await administrator.page.getByTestId("effect-set-up-show").click();
    await expect(administrator.page.getByTestId("effect-set-up-list")).toContainText(CLIENT);
    await administrator.save();
    expect(await inbox.told(/signing in takes two steps from now on/, 1)).toEqual([CLIENT]);

    await client.open("/");
    await client.isSignedIn(CLIENT);
    await client.signOut();
    await client.signInAs(CLIENT);
    secret = await setUpApp(client.page);
    await client.isSignedIn(CLIENT);
    await client.page.getByTestId("start-security").click();
    await expect(client.page.getByTestId("turn-off")).toHaveCount(0);
    await (await person()).signInByPassword(CONTRACTOR);
  });

  await test.step("everybody must once the finance plug-in is on", async () => {
    await command("tenant", "feature", "finance", "on");
    await expect(async () => {
      const next = await person();
      await next.signInAs(CONTRACTOR);
      await expect(next.page).toHaveURL(/\/login\/setup/, { timeout: 1_000 });
    }).toPass({ timeout: 15_000 });
    await contractor.open("/");
    await contractor.isSignedIn(CONTRACTOR);
  });

  await test.step("a lost device is reset through the mail address, and set up again", async () => {
    await client.page.getByTestId("codes-make").click();
    await expect(client.page.getByTestId("recovery-codes")).toBeVisible();
    const kept = (await client.page.getByTestId("recovery-codes").locator("li").first().textContent()).trim();
    await client.page.getByTestId("codes-kept").click();
    await client.open("/");
    await client.signOut();

    await client.signInAs(CLIENT);
    await client.page.getByTestId("lost-phone").click();
    await client.page.getByTestId("recover-send").click();
    const mail = await inbox.next(/getting in without/, CLIENT);
    await client.page.goto(mail.match(/href="([^"]*\/recover\/[^"]*)"/)[1]);
    const field = client.page.getByTestId("code-recovery");
    if (!(await field.isVisible())) await client.page.getByTestId("way-recovery").click();
    await field.fill(kept);
    await client.page.getByTestId("send-recovery").click();
    await client.page.getByTestId("lost").first().check();
    await client.page.getByTestId("recover-remove").click();

    await client.page.getByTestId("recover-next").click();
    await client.fillIn(CLIENT, demo.password);
    const again = await setUpApp(client.page);
    expect(again).not.toBe(secret);
    await client.isSignedIn(CLIENT);
    await client.signOut();
    await client.signInAs(CLIENT);
    await typeAppCode(client.page, again);
    await client.isSignedIn(CLIENT);
  });
});
