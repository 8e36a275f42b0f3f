// What a person sets up, and what it answers.

import { expect } from "@playwright/test";
import { totp } from "./totp.js";

/** The page shows a pairing code for an authenticator app: it is stored there, and confirmed by one code. */
export async function storeApp(page) {
  await expect(page.locator(".qr svg")).toBeVisible();
  await page.getByTestId("setup-no-camera").click();
  const secret = (await page.getByTestId("setup-secret").textContent()).trim();
  await page.getByTestId("setup-code").fill(totp(secret));
  await page.getByTestId("setup-submit").click();
  return secret;
}

/** In the account's security: a tick shows the pairing code. The app's secret. */
export async function addApp(page) {
  await page.getByTestId("authenticator-add").click();
  const secret = await storeApp(page);
  await expect(page.getByTestId("security-notice")).toBeVisible();
  return secret;
}

/** In the sign-in, where a second step is required and there is none: an authenticator app. The app's secret. */
export async function setUpApp(page) {
  await expect(page).toHaveURL(/\/login\/setup/);
  const app = page.getByTestId("set-totp");
  const code = page.getByTestId("setup-code");
  await expect(app.or(code).first()).toBeVisible();
  if (!(await code.isVisible())) await app.click();
  return storeApp(page);
}

/** The code of an authenticator app on the Code screen. That of the set-up is used up: the next one is valid as well. */
export async function typeAppCode(page, secret) {
  const field = page.getByTestId("code-totp");
  if (!(await field.isVisible())) await page.getByTestId("way-totp").click();
  await field.fill(totp(secret, 1));
}

/** "Send New Code", and the code of the mail. */
export async function typeMailedCode(page, inbox, email) {
  const send = page.getByTestId("email-send");
  if (!(await send.isVisible())) await page.getByTestId("way-email").click();
  await expect(send).toHaveText("Send New Code");
  await send.click();
  await page.getByTestId("code-email").fill(await inbox.nextCode(email));
}
