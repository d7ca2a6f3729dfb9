// SPDX-License-Identifier: Apache-2.0
import { type Browser, chromium } from "playwright-core";
import { tool } from "./tools.ts";

/** Debian's Chromium without a window, an empty profile, and none of its own traffic. */
export async function launchChromium(executablePath: string = tool("chromium")): Promise<Browser> {
  return await chromium.launch({
    executablePath,
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
  });
}
