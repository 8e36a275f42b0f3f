// Chromium from the system, a demo for each test, nothing retried: a test that fails now and then is a bug. What led to
// a failure is recorded by `npx playwright test --trace retain-on-failure`; always recording doubles the time.

import { defineConfig } from "@playwright/test";
import { chromium } from "./lib/chromium.js";

export default defineConfig({
  testDir: "specs",
  outputDir: "test-results/runs",
  reporter: [["list"]],
  workers: 3,
  fullyParallel: true,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: "chromium",
    launchOptions: chromium(),
    locale: "en-GB",
    timezoneId: "Asia/Tokyo",
    viewport: { width: 1280, height: 860 },
    actionTimeout: 10_000,
    navigationTimeout: 10_000,
    screenshot: "only-on-failure",
  },
});
