// How the system's Chromium is started: none is downloaded.

/** Launch options: root has no sandbox in Chromium, and an emulated graphics card draws slower than none. */
export function chromium() {
  return {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
  };
}
