// How the system's Chromium is started: none is downloaded.

/** Launch options; root has no sandbox in Chromium. */
export function chromium() {
  return {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  };
}
