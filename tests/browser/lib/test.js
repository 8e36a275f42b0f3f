// What each test has: a demo of its own, a browser's page and a phone's page side by side, and a
// watch over both that lets no error of a page pass.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test as base, expect } from "@playwright/test";
import { Browser } from "./browser.js";
import { commandLine, startDemo } from "./demo.js";
import { Phone } from "./phone.js";

export { expect };

const NOTHING = /^(?!)/;

/** Notes what a page complains of, among it what its content security policy refused. */
function listen(page, complaints) {
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
}

export const test = base.extend({
  /** What pages may complain of in this test. */
  expectedComplaints: [NOTHING, { option: true }],

  /** What the demo is started with, besides its ports. */
  demoArgs: [[], { option: true }],

  /** The server's folder. */
  home: async ({}, use) => {
    const folder = await mkdtemp(path.join(tmpdir(), "countersign-"));
    await use(path.join(folder, "server"));
    await rm(folder, { recursive: true });
  },

  /** `countersign …`, about the demo's server. */
  command: async ({ home }, use) => {
    await use(commandLine(home));
  },

  demo: async ({ demoArgs, home }, use) => {
    const demo = await startDemo({ args: ["--home", home, ...demoArgs] });
    await use(demo);
    await demo.stop();
    expect(demo.errors(), "the demo has nothing to complain of").toBe("");
  },

  complaints: async ({ expectedComplaints }, use) => {
    const complaints = [];
    await use(complaints);
    const unexpected = complaints.filter((text) => !expectedComplaints.test(text));
    expect(unexpected, "no page complains").toEqual([]);
  },

  // The demo is asked for first, so that it outlives the pages: they would complain of its end.
  context: async ({ demo, context, complaints }, use) => {
    void demo;
    context.on("page", (page) => listen(page, complaints));
    await use(context);
    await context.close();
  },

  web: async ({ context, demo }, use) => {
    await use(new Browser(await context.newPage(), demo));
  },

  /** One more person, in a browser of their own. */
  person: async ({ browser, demo, complaints }, use) => {
    const contexts = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      context.on("page", (page) => listen(page, complaints));
      return new Browser(await context.newPage(), demo);
    });
    for (const context of contexts) await context.close();
  },

  phone: async ({ context, demo }, use) => {
    const phone = new Phone(await context.newPage());
    await phone.open(demo.phone);
    await use(phone);
  },
});
