// Starts the demo on free ports, and reads from what it prints where to go and what to type.

import { execFile, spawn } from "node:child_process";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const target = process.env.CARGO_TARGET_DIR ? path.resolve(root, process.env.CARGO_TARGET_DIR) : path.join(root, "target");
const READY_WITHIN_MS = 15_000;

/** A binary as `cargo build` leaves it; COUNTERSIGN_PROFILE names another profile's folder. */
export const binary = (name) => path.join(target, process.env.COUNTERSIGN_PROFILE ?? "debug", name);

// The demo's people, as demo/src/people.rs has them. They all have the password that the demo prints.
export const EMAIL = "ada@example.com";
export const SUPER_ADMINISTRATOR = "grace@example.com";
export const ADMINISTRATOR = "edith@example.com";
export const CLIENT = "alan@example.com";
export const CONTRACTOR = "mary@example.com";

/** A running demo: `browser` and `phone` are addresses, `stop` ends it and waits for its end. */
export async function startDemo({ args = [], env = {} } = {}) {
  const child = spawn(binary("demo"), ["--port", "0", "--phone-port", "0", ...args], {
    env: { ...process.env, LANG: "C.UTF-8", LC_ALL: "", LC_MESSAGES: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const errors = [];
  child.stderr.on("data", (data) => errors.push(String(data)));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async (signal = "SIGINT") => {
    child.kill(signal);
    await ended;
  };
  try {
    const printed = await untilReady(child, ended, errors);
    return { ...printed, stop, errors: () => errors.join("") };
  } catch (error) {
    await stop("SIGKILL");
    throw error;
  }
}

/** The last line names the password: by then the rest is there. */
async function untilReady(child, ended, errors) {
  const timer = setTimeout(() => child.kill("SIGKILL"), READY_WITHIN_MS);
  const lines = [];
  const read = (async () => {
    for await (const line of readline.createInterface({ input: child.stdout })) {
      lines.push(line);
      const found = facts(lines.join("\n"));
      if (found) return found;
    }
    return null;
  })();
  try {
    const found = await Promise.race([read, ended.then(() => null)]);
    if (found) return found;
    throw new Error(`the demo ended before it was ready: ${errors.join("")}`);
  } finally {
    clearTimeout(timer);
  }
}

function facts(text) {
  const [browser, phone, ...rest] = text.match(/http:\/\/localhost:\d+\/\S*/g) ?? [];
  const [inbox, second] = rest.reverse();
  const password = text.match(/\d{4}-\d{4}-\d{4}/)?.[0];
  return browser && phone && password ? { browser, phone, second, inbox, password, text } : null;
}

/** What whoever runs the server does in a terminal: `countersign …`, about the server in the folder `home`. */
export function commandLine(home) {
  const run = promisify(execFile);
  return async (...args) => (await run(binary("countersign"), [...args, "--home", home])).stdout;
}

/** A phone for the terminal that keeps its keys in the folder `home`. */
export function terminalPhone(home) {
  const run = promisify(execFile);
  return async (...args) => (await run(binary("phone"), ["--home", home, "--lang", "en", ...args])).stdout;
}
