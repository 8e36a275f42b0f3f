// Makes docs/images/sign-in.png: the Code screen, and the phone with the popup and with the request.
// Needs the demo, as `cargo build` leaves it; `npm run picture`.

import { mkdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { Browser } from "./lib/browser.js";
import { chromium as launchOptions } from "./lib/chromium.js";
import { startDemo } from "./lib/demo.js";
import { Phone } from "./lib/phone.js";
import { encodePng } from "./lib/png.js";

const here = path.dirname(fileURLToPath(import.meta.url));
const file = path.join(here, "../../docs/images/sign-in.png");
const SCALE = 2;

const demo = await startDemo({ args: ["--number", "never"] });
const chrome = await chromium.launch(launchOptions());
try {
  await mkdir(path.dirname(file), { recursive: true });
  await compose(await portraits());
  console.log(`${path.relative(process.cwd(), file)}: ${Math.round((await stat(file)).size / 1024)} KB`);
} finally {
  await chrome.close();
  await demo.stop();
}

/** Both pages, pictured while a sign-in waits. */
async function portraits() {
  const web = new Browser(await open({ width: 820, height: 972 }), demo);
  const phone = new Phone(await open({ width: 1000, height: 900 }));
  await phone.open(demo.phone);
  await phone.page.addStyleTag({ content: "html, body { background: none !important } .phone { box-shadow: none !important }" });
  await web.signIn();
  await phone.popup.waitFor();
  const popup = await picture(phone.page.locator("#phone"));
  await phone.tapPopup();
  await web.stands("seen");
  const request = await picture(phone.page.locator("#phone"));
  return { code: await picture(web.page), popup, request };
}

async function open(viewport) {
  // The picture's own styles are no part of the page, whose policy would refuse them.
  const options = { viewport, deviceScaleFactor: SCALE, bypassCSP: true, reducedMotion: "reduce", locale: "en-GB", timezoneId: "UTC" };
  return (await chrome.newContext(options)).newPage();
}

async function picture(what) {
  const bytes = await what.screenshot({ animations: "disabled", omitBackground: true });
  return `data:image/png;base64,${bytes.toString("base64")}`;
}

async function compose({ code, popup, request }) {
  const page = await open({ width: 1120, height: 600 });
  await page.setContent(`<!doctype html>
    <style>
      body { margin: 0; height: 600px; display: flex; align-items: center; justify-content: center; gap: 40px; background: #e7e8ec }
      .window { border-radius: 12px; overflow: hidden; border: 1px solid #cfd1d8; background: #f3f4ef }
      .bar { display: flex; align-items: center; gap: 7px; height: 34px; padding: 0 14px; background: #fafafb; border-bottom: 1px solid #dddfe4 }
      .bar i { width: 10px; height: 10px; border-radius: 50%; background: #cdd0d8 }
      .bar span { margin-left: 14px; padding: 3px 14px; border-radius: 6px; background: #eceef2; color: #5a5e6b; font: 12px/1.4 "Liberation Sans", sans-serif }
      .window img { display: block; width: 440px }
      .phone { height: 556px }
    </style>
    <div class="window"><div class="bar"><i></i><i></i><i></i><span>${new URL(demo.browser).hostname}</span></div><img src="${code}"></div>
    <img class="phone" src="${popup}"><img class="phone" src="${request}">`);
  await writeFile(file, await lean(page, await page.screenshot()));
}

/** The picture with six bits a colour: its gradients without noise look the same in half the room. */
async function lean(page, png) {
  const { width, height, pixels } = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const { width, height } = image;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const reader = new FileReader();
    const read = new Promise((done) => (reader.onload = () => done(reader.result)));
    reader.readAsDataURL(new Blob([data]));
    return { width, height, pixels: (await read).split(",")[1] };
  }, `data:image/png;base64,${png.toString("base64")}`);
  const rgba = Buffer.from(pixels, "base64").map((value) => (value & 0xfc) | (value >> 6));
  return encodePng({ width, height, rgba });
}
