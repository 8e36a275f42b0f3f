// What axe finds in a page, whether it fits its width, and, for `npm run pictures`, how it looks in each size and
// colour scheme: a picture takes longer than all the rest.

import path from "node:path";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "../test-results/pictures");
const pictured = Boolean(process.env.COUNTERSIGN_PICTURES);
const SIZES = [{ width: 1280, height: 860 }, { width: 390, height: 844 }];
const SCHEMES = ["light", "dark"];

/** Expects that nothing serious stands in anybody's way; takes the page's pictures as `name` if they are wanted. */
export async function look(page, name) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of SCHEMES) {
      // Colours differ by scheme, and layout by size: two of the four cover both.
      const examined = (size.width === 1280) === (colorScheme === "light");
      if (!examined && !pictured) continue;
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await settled(page);
      const file = `${name}-${size.width}-${colorScheme}.png`;
      if (pictured) await page.screenshot({ path: path.join(folder, file), animations: "disabled", fullPage: true });
      if (examined) await accessible(page, file);
      await fits(page, file);
    }
  }
}

/** Until nothing short moves any more: half faded in, a text has too little contrast. */
async function settled(page) {
  await page.evaluate(() => {
    const short = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < 2000);
    return Promise.allSettled(short.map((one) => one.finished));
  });
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
