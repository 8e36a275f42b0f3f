// The demo's phone page, as a person uses it.

import { expect } from "@playwright/test";

export class Phone {
  constructor(page) {
    this.page = page;
    this.sheet = page.getByTestId("sheet");
    this.popup = page.getByTestId("notification");
    this.knowsWhy = false;
  }

  async open(address) {
    await this.page.goto(address);
    await expect(this.page.getByTestId("lockscreen")).toBeVisible();
  }

  /** What the page is shown by the phone's program. */
  state() {
    return this.page.evaluate(async () => (await fetch("state")).json());
  }

  /** Taps the popup and waits for the request's sheet. */
  async tapPopup() {
    await this.popup.click();
    await expect(this.page.getByTestId("approve")).toBeVisible();
  }

  /** Opens the newest request from the app's list, as one does where no popup came. */
  async openNewest() {
    if ((await this.state()).locked) await this.page.locator("#unlock").click();
    await this.page.getByTestId("pending-item").first().click();
    await expect(this.page.getByTestId("approve")).toBeVisible();
  }

  async typeNumber(number) {
    for (const digit of number) await this.page.getByTestId(`number-key-${digit}`).click();
  }

  /** Approves what the sheet shows, with the number if one is given. */
  async approve(number) {
    await this.page.getByTestId("approve").click();
    if (number) {
      await this.typeNumber(number);
      await this.page.getByTestId("number-confirm").click();
    }
    await this.readWhy();
  }

  /** The first time, the phone says why it asks for a face. */
  async readWhy() {
    if (this.knowsWhy) return;
    this.knowsWhy = true;
    await this.page.getByTestId("primer-continue").click();
  }

  /** A result such as "done", "denied" or "wrong-number" is shown. */
  async shows(result) {
    await expect(this.page.getByTestId(result)).toBeVisible();
  }
}
