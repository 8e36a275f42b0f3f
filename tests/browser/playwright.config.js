// Chromium from the system, a demo for each test, nothing retried: a test that fails now and then is a bug.

import { defineConfig } from "@playwright/test";
import { chromium } from "./lib/chromium.js";

export default defineConfig({
  testDir: "specs",
  outputDir: "test-results/runs",
  reporter: [["list"]],
  workers: 2,
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
    trace: "retain-on-failure",
  },
});
