// Each page of administrators in both languages, wide and narrow, light and dark: pictured, and checked by axe. The
// pictures are in test-results/pictures, to be looked at.

import { Administrator } from "../lib/administrator.js";
import { signInByNumber } from "../lib/browser.js";
import { ADMINISTRATOR, CLIENT, CONTRACTOR, EMAIL, SUPER_ADMINISTRATOR } from "../lib/demo.js";
import { look } from "../lib/look.js";
import { expect, test } from "../lib/test.js";

const LANGUAGES = [
  { lang: "en", locale: "en-GB" },
  { lang: "ja", locale: "ja-JP" },
];

const TABLE = `email,name,type
${CONTRACTOR},Mary Winston Jackson,staff
katherine@example.com,Katherine Johnson,staff
${CLIENT},Alan Turing,client
nobody,Nobody,staff
emmy@example.com,Emmy Noether,professor`;

for (const { lang, locale } of LANGUAGES) {
  test.describe(lang, () => {
    test.use({ locale, expectedComplaints: /status of 422/ });
    test.describe.configure({ timeout: 240_000 });
    const picture = (page, name) => look(page, `${lang}/admin-${name}`);

    test("pages of users", async ({ web, person, phone }) => {
      await signInByNumber(web, phone);
      const administrator = new Administrator(await person());
      const { page } = administrator;
      await administrator.web.signInByPassword(SUPER_ADMINISTRATOR);
      await page.getByTestId("to-admin").click();
      await picture(page, "users");
      await page.getByTestId("user-row").filter({ hasText: CLIENT }).getByRole("checkbox").check();
      await page.getByTestId("users-search").fill("nobody at all");
      await page.getByTestId("users-filter").click();
      await picture(page, "users-none");

      await administrator.select([EMAIL, CLIENT, CONTRACTOR], "turn-on");
      await picture(page, "bulk-turn-on");
      await administrator.confirm();
      await picture(page, "job");
      await administrator.web.open("/admin/jobs");
      await picture(page, "jobs");
      await administrator.select([EMAIL, CLIENT], "reset");
      await picture(page, "bulk-reset");

      await administrator.web.open("/admin/users");
      await picture(page, "users-turned-on");
      await page.getByRole("link", { name: "Ada Lovelace" }).click();
      await picture(page, "user");
      for (const action of ["turn-off", "disable", "end-sessions", "reset"]) {
        await page.getByTestId(`act-${action}`).click();
        await expect(page.getByTestId(`act-${action}-sure`)).toBeVisible();
        await picture(page, `user-${action}`);
      }
      await page.getByTestId("user-password").click();
      await picture(page, "user-password");
      await page.getByTestId("act-end-sessions").click();
      await page.getByTestId("act-end-sessions-sure").click();
      await expect(page.getByTestId("user-notice")).toBeVisible();
      await picture(page, "user-done");
      await administrator.web.open("/admin/users");
      await page.getByRole("link", { name: "Grace Hopper" }).last().click();
      await picture(page, "user-self");
      await administrator.web.open("/admin/users/add");
      await picture(page, "user-add");

      await administrator.web.open("/admin/users/import");
      await picture(page, "import");
      await page.getByTestId("import-table").fill(TABLE);
      await page.getByTestId("import-look").click();
      await expect(page.getByTestId("import-wrong")).toHaveCount(2);
      await picture(page, "import-looked-at");
      await page.getByTestId("import-do").click();
      await expect(page.getByTestId("import-do")).toHaveCount(0);
      await picture(page, "import-done");
    });

    test("pages of settings", async ({ web, phone, person, command }) => {
      void phone;
      const administrator = new Administrator(web);
      const { page } = web;
      await web.signInByPassword(SUPER_ADMINISTRATOR);
      await administrator.openSettings();
      await picture(page, "settings");
      await page.getByTestId("presets-open").click();
      await page.getByTestId("rule-add").click();
      await page.getByTestId("rule-0-more").click();
      await picture(page, "settings-open");
      await page.getByTestId("allowed").fill("192.0.2.0/24");
      await page.getByTestId("settings-check").click();
      await expect(page.getByTestId("settings-problem")).toBeVisible();
      await picture(page, "settings-problem");

      await administrator.openSettings();
      await page.getByTestId("base-required").check();
      await page.getByTestId("factor-email").uncheck();
      await administrator.check();
      await picture(page, "preview");
      await page.getByTestId("effect-set-up-show").click();
      await expect(page.getByTestId("effect-set-up-list")).toBeVisible();
      await page.getByTestId("preview-find").fill(EMAIL);
      await page.getByTestId("preview-look").click();
      await expect(page.getByTestId("preview-found")).toBeVisible();
      await picture(page, "preview-found");
      await page.getByTestId("settings-cancel").click();

      await page.getByTestId("to-what-if").click();
      await picture(page, "what-if");
      await page.getByTestId("what-if-email").fill(EMAIL);
      await page.getByTestId("what-if-address").fill("198.51.100.9");
      await page.getByTestId("what-if-ask").click();
      await expect(page.getByTestId("what-if-answer")).toBeVisible();
      await picture(page, "what-if-answer");
      await web.open("/admin/settings");
      await page.getByTestId("to-brand").click();
      await picture(page, "brand");

      const reads = await person();
      await reads.signInByPassword(ADMINISTRATOR);
      await reads.open("/admin/settings");
      await expect(reads.page.getByTestId("settings-read-only")).toBeVisible();
      await picture(reads.page, "settings-read-only");
      await expect(reads.page.getByTestId("to-brand")).toHaveCount(0);

      await command("policy", "preset", "productip");
      await command("tenant", "plan", "starter");
      await administrator.openSettings();
      await expect(page.getByTestId("rule-0-locked")).toBeVisible();
      await picture(page, "settings-plan");
      await command("policy", "preset", "proworkflow");
      await administrator.openSettings();
      await picture(page, "settings-types");
    });

    test("pages of the audit log", async ({ web, phone, person }) => {
      await signInByNumber(web, phone);
      const administrator = await person();
      const { page } = administrator;
      await administrator.signInByPassword(SUPER_ADMINISTRATOR);
      await administrator.open("/admin/audit");
      await picture(page, "audit");
      await page.locator(".audit-more summary").first().click();
      await page.locator(".audit-more summary").nth(2).click();
      await picture(page, "audit-open");
      await page.locator("#person").fill(EMAIL);
      await page.getByTestId("audit-go").click();
      await expect(page.getByTestId("audit-receipt")).toBeVisible();
      await picture(page, "audit-found");
      await page.locator("#address").fill("not an address");
      await page.getByTestId("audit-go").click();
      await expect(page.getByTestId("audit-problem")).toBeVisible();
      await picture(page, "audit-problem");
    });
  });
}
