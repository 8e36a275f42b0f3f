// The server's pages, as a person uses them.

import { expect } from "@playwright/test";
import { EMAIL } from "./demo.js";

export class Browser {
  constructor(page, demo) {
    this.page = page;
    this.demo = demo;
    this.status = page.getByTestId("code-status");
    this.number = page.getByTestId("code-number");
    this.note = page.locator("[data-note]");
    this.code = page.locator("[data-live]");
  }

  /** E-mail and password, until the Code screen waits. */
  async signIn() {
    await this.page.goto(this.demo.browser);
    await this.fillIn(EMAIL, this.demo.password);
    await this.isAt("/login/code");
  }

  async fillIn(email, password) {
    await this.page.getByTestId("login-email").fill(email);
    await this.page.getByTestId("login-password").fill(password);
    await this.page.getByTestId("login-submit").click();
  }

  /** The number that the Code screen asks to type. */
  async shownNumber() {
    await expect(this.number).toHaveText(/^\d{2}$/);
    return (await this.number.textContent()).trim();
  }

  /** The Code screen says so, without being touched. */
  async stands(state) {
    await expect(this.code).toHaveAttribute("data-state", state);
  }

  async isAt(path) {
    await expect(this.page).toHaveURL(new URL(path, this.demo.browser).href);
  }

  /** E-mail and password of somebody; whatever follows. */
  async signInAs(email) {
    await this.page.goto(this.demo.browser);
    await this.fillIn(email, this.demo.password);
  }

  /** E-mail and password of somebody for whom that is enough. */
  async signInByPassword(email) {
    await this.signInAs(email);
    await this.isSignedIn(email);
  }

  /** A page of the server. */
  async open(path) {
    await this.page.goto(new URL(path, this.demo.browser).href);
  }

  /** The start page, which comes by itself. */
  async isSignedIn(email = EMAIL) {
    await this.isAt("/");
    await expect(this.page.getByTestId("start-who")).toContainText(email);
  }

  async signOut() {
    await this.page.getByTestId("sign-out").click();
    await expect(this.page.getByTestId("login-message")).toBeVisible();
  }
}

/** One whole sign-in by number, after which the browser is trusted. */
export async function signInByNumber(browser, phone) {
  await browser.signIn();
  const number = await browser.shownNumber();
  await phone.tapPopup();
  await phone.approve(number);
  await browser.isSignedIn();
  await phone.shows("done");
}
