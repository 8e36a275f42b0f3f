// Pictures of a page in each size and colour scheme, and what axe finds in it.

import path from "node:path";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "../test-results/pictures");
const SIZES = [{ width: 1280, height: 860 }, { width: 390, height: 844 }];
const SCHEMES = ["light", "dark"];

/** Takes the page's pictures as `name`, and expects that nothing serious stands in anybody's way. */
export async function look(page, name) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const file = `${name}-${size.width}-${colorScheme}.png`;
      await page.screenshot({ path: path.join(folder, file), animations: "disabled", fullPage: true });
      // Colours differ by scheme, and layout by size: two of the four cover both.
      if ((size.width === 1280) === (colorScheme === "light")) await accessible(page, file);
      await fits(page, file);
    }
  }
}

async function accessible(page, name) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const grave = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
  expect(grave, `axe on ${name}`).toEqual([]);
}

/** Nothing sticks out at the side. */
async function fits(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over, `${name} fits its width`).toBeLessThanOrEqual(0);
}
