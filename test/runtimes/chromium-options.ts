import { chromiumBinary } from "./chromium-binary.ts";

/** How the tests start Chromium: without a window, asking nothing of the network by itself. */
export function chromiumOptions() {
  return {
    executablePath: chromiumBinary(),
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  };
}
