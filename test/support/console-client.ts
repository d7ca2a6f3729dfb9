// SPDX-License-Identifier: Apache-2.0
import type { Page } from "playwright-core";
import { CATALOGUE, type MessageId } from "#messages";
import { NEW_PASSWORD } from "./new-password.ts";
import type { ServerProcess } from "./server-process.ts";

function en(id: MessageId): string {
  return CATALOGUE.en[id];
}

/** Logs in with the printed password and changes it, as a person does at the first login. */
export async function firstLogin(page: Page, server: ServerProcess): Promise<void> {
  await page.goto(`${server.consoleUrl}/images`);
  await page.getByLabel(en("console.login.name")).fill("admin");
  await page.getByRole("textbox", { name: en("console.login.password") }).fill(server.password);
  await page.getByRole("button", { name: en("console.login.submit") }).click();
  await page.getByRole("textbox", { name: en("console.password.current") }).fill(server.password);
  await page.getByRole("textbox", { name: en("console.password.next"), exact: true }).fill(NEW_PASSWORD);
  await page.getByRole("textbox", { name: en("console.password.repeat") }).fill(NEW_PASSWORD);
  await page.getByRole("button", { name: en("console.password.submit") }).click();
  await page.getByRole("button", { name: en("console.password.submit") }).waitFor({ state: "detached" });
}

/** Logs in with the password that {@link firstLogin} set. */
export async function login(page: Page, server: ServerProcess): Promise<void> {
  await page.goto(`${server.consoleUrl}/images`);
  await page.getByLabel(en("console.login.name")).fill("admin");
  await page.getByRole("textbox", { name: en("console.login.password") }).fill(NEW_PASSWORD);
  await page.getByRole("button", { name: en("console.login.submit") }).click();
  await page.getByRole("heading", { name: en("console.images.title") }).waitFor();
}

/** What the page of an image shows as its verdict, once its scan is finished. */
export async function shownVerdict(
  page: Page,
  server: ServerProcess,
  image: string,
): Promise<{ readonly outcome: string | null; readonly codes: readonly string[]; readonly texts: readonly string[] }> {
  await page.goto(`${server.consoleUrl}/images`);
  await page.getByRole("link", { name: image }).click();
  const banner = page.locator(".verdict-banner[data-outcome]").first();
  await banner.waitFor();
  await page.locator('[data-code="SCAN_PENDING"]').waitFor({ state: "detached" });
  const reasons = page.locator('[data-code]:not([data-effect="warn"])');
  return {
    outcome: await banner.getAttribute("data-outcome"),
    codes: [
      ...new Set(await reasons.evaluateAll((items) => items.map((item) => item.getAttribute("data-code") ?? ""))),
    ].sort(),
    texts: await reasons.allTextContents(),
  };
}
