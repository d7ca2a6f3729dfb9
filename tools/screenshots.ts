// SPDX-License-Identifier: Apache-2.0
// Makes the console's pictures for the README from a running server:
//   node tools/screenshots.ts URL NAME PASSWORD IMAGE [NEW_PASSWORD]
// IMAGE is the one whose page is shown, e.g. team/bad:1.0. NEW_PASSWORD is set when the first one must be changed.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { launchChromium } from "../test/support/chromium.ts";

const FOLDER = fileURLToPath(new URL("../docs/screenshots/", import.meta.url));
const LOCALES = { en: "en-US", ko: "ko-KR" } as const;

interface Options {
  readonly url: string;
  readonly name: string;
  readonly password: string;
  readonly image: string;
  readonly newPassword: string | undefined;
}

async function main(): Promise<void> {
  const [url, name, password, image, newPassword] = process.argv.slice(2);
  if (url === undefined || name === undefined || password === undefined || image === undefined) {
    process.stderr.write("usage: node tools/screenshots.ts URL NAME PASSWORD IMAGE [NEW_PASSWORD]\n");
    process.exitCode = 2;
    return;
  }
  await mkdir(FOLDER, { recursive: true });
  const browser = await launchChromium();
  let options: Options = { url, name, password, image, newPassword };
  for (const [language, locale] of Object.entries(LOCALES)) {
    const context = await browser.newContext({
      locale,
      viewport: { width: 1280, height: 860 },
      colorScheme: "light",
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    options = await signIn(page, options);
    await shoot(page, `${options.url}/images`, `images-${language}.png`);
    await shoot(page, `${options.url}/image/${options.image}`, `image-${language}.png`);
    await context.close();
  }
  await browser.close();
}

/** Signs in; returns the options with the password that holds from now on. */
async function signIn(page: Page, options: Options): Promise<Options> {
  await page.goto(options.url);
  await page.locator("input[name=username]").fill(options.name);
  await page.locator("input[name=password]").fill(options.password);
  const session = await submit(page);
  if (!session.mustChangePassword) {
    return options;
  }
  if (options.newPassword === undefined) {
    throw new Error("the password must be changed first: name a new one");
  }
  const forced = page.locator("input[autocomplete=new-password]");
  await page.locator("input[autocomplete=current-password]").fill(options.password);
  await forced.first().fill(options.newPassword);
  await forced.last().fill(options.newPassword);
  await submit(page);
  return { ...options, password: options.newPassword };
}

/** Sends the form and returns the session that it opened. */
async function submit(page: Page): Promise<{ readonly mustChangePassword: boolean }> {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === "POST"),
    page.locator("button[type=submit]").click(),
  ]);
  if (!answer.ok()) {
    throw new Error(`the server refused: ${await answer.text()}`);
  }
  return (await answer.json()) as { readonly mustChangePassword: boolean };
}

async function shoot(page: Page, address: string, file: string): Promise<void> {
  await page.goto(address);
  await page.locator("[data-outcome]").first().waitFor();
  await page.screenshot({ path: join(FOLDER, file) });
  process.stdout.write(`docs/screenshots/${file}\n`);
}

await main();
