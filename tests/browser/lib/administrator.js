// The pages of administrators, as one uses them.

import { expect } from "@playwright/test";

export class Administrator {
  constructor(web) {
    this.web = web;
    this.page = web.page;
  }

  /** Selects the users of these addresses and goes on to the confirmation of an action. */
  async select(emails, action) {
    await this.web.open("/admin/users");
    for (const email of emails) {
      await this.page.getByTestId("user-row").filter({ hasText: email }).getByRole("checkbox").check();
    }
    await this.page.getByTestId("bulk-action").selectOption(action);
    await this.page.getByTestId("bulk-go").click();
    await expect(this.page.getByTestId("bulk-sure")).toBeVisible();
  }

  /** Says yes to what is asked, and watches the job to its end. */
  async confirm() {
    await this.page.getByTestId("bulk-sure").click();
    await this.page.waitForURL(/\/admin\/jobs\//);
    await expect(this.page.getByTestId("job-state")).toHaveText(/Done|完了/);
  }

  /** Opens the settings, proving to be there if that is asked for. */
  async openSettings(prove) {
    await this.web.open("/admin/settings");
    const begin = this.page.getByTestId("settings-begin");
    const check = this.page.getByTestId("settings-check");
    await expect(begin.or(check)).toBeVisible();
    if (!(await begin.isVisible())) return;
    await begin.click();
    await prove();
    await expect(check).toBeVisible();
  }

  /** From the settings as they were filled in to what they would lead to. */
  async check() {
    await this.page.getByTestId("settings-check").click();
    await expect(this.page.getByTestId("settings-save")).toBeVisible();
  }

  /** How many users a change has this effect on. */
  async affects(effect, users) {
    await expect(this.page.getByTestId(`effect-${effect}-users`)).toHaveText(String(users));
  }

  /** Saves what was looked at. */
  async save() {
    await this.page.getByTestId("settings-save").click();
    await expect(this.page.getByTestId("settings-notice")).toBeVisible();
  }
}
