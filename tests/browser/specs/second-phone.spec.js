// A second phone is added in the browser, and approves from then on.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { signInByNumber } from "../lib/browser.js";
import { terminalPhone } from "../lib/demo.js";
import { expect, test as base } from "../lib/test.js";

const test = base.extend({
  /** A phone for the terminal, with a folder of its own. */
  second: async ({}, use) => {
    const home = await mkdtemp(path.join(tmpdir(), "countersign-phone-"));
    await use(terminalPhone(home));
    await rm(home, { recursive: true });
  },
});

test("the code that a new phone shows makes it the second phone, and it approves", async ({ web, phone, second }) => {
  const { page } = web;
  await signInByNumber(web, phone);
  await page.getByTestId("add-phone").click();
  await page.getByTestId("pair-begin").click();
  await page.getByText("Can’t scan?").click();
  const link = await page.getByTestId("pair-link").textContent();
  await page.reload();
  await expect(page.getByTestId("pair-link")).toHaveText(link);

  const code = (await second("pair", link, "--name", "Second phone")).match(/^\d{6}$/m)[0];
  const other = code === "000000" ? "111111" : "000000";
  await page.getByTestId("pair-code").fill(other);
  await page.getByTestId("pair-submit").click();
  await expect(page.getByRole("alert")).toContainText("That isn’t the code on the phone.");
  // As a Japanese keyboard gives it: full width, with a space.
  const wide = code.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
  await page.getByTestId("pair-code").pressSequentially(`${wide.slice(0, 3)} ${wide.slice(3)}`);
  await expect(page.getByTestId("pair-code")).toHaveValue(code);
  await page.getByTestId("pair-submit").click();
  await expect(page.getByTestId("pair-done")).toContainText("Second phone");
  await page.getByRole("link", { name: "Done" }).click();
  await expect(page.locator(".device-name")).toHaveCount(2);

  await web.signOut();
  await web.signIn();
  await expect(page.locator(".code-devices")).toContainText("Second phone");
  await expect.poll(() => second("requests")).toContain("ACME");
  await second("approve");
  await web.isSignedIn();
  await expect(page.getByTestId("start-proof")).toHaveText("Password and Second phone");
  await phone.page.bringToFront();
  await expect(phone.page.getByTestId("approve")).toHaveCount(0);
});

test("before any phone scanned the code, the page says so and keeps the link", async ({ web, phone }) => {
  const { page } = web;
  await signInByNumber(web, phone);
  await page.getByTestId("add-phone").click();
  await page.getByTestId("pair-begin").click();
  await page.getByTestId("pair-code").fill("123456");
  await page.getByTestId("pair-submit").click();
  await expect(page.getByRole("alert")).toContainText("No phone has scanned the code yet.");
  await page.getByRole("link", { name: "Cancel" }).click();
  await web.isSignedIn();
});
