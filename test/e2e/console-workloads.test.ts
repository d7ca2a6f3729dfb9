// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CATALOGUE, type Language, type MessageId } from "#messages";
import { startApi } from "../../src/apps/server/api/index.ts";
import { CONSOLE_FOLDER } from "../../src/apps/server/api/routes/console-files.ts";
import type { RunningRole } from "../../src/apps/server/context.ts";
import { type ApiTestBed, addAccount, createApiTestBed } from "../support/api-server.ts";
import { launchChromium } from "../support/chromium.ts";
import { sampleCluster } from "../support/cluster-programs.ts";
import { runTool } from "../support/run-tool.ts";
import { describeWithTools } from "../support/tools.ts";
import { fillWorkloads, sampleExceptions } from "../support/workload-world.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PASSWORD = "the gate is guarded";

describeWithTools("workloads in the console", ["chromium"], () => {
  let bed: ApiTestBed;
  let api: RunningRole;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    if (!existsSync(join(CONSOLE_FOLDER, "index.html"))) {
      await runTool("npm", ["run", "build", "-w", "console"]);
    }
    bed = await createApiTestBed({
      exceptions: sampleExceptions(),
      isClusterConnected: true,
      clusterMatch: sampleCluster(),
    });
    await addAccount(bed.database, { name: "admin", role: "ADMIN", password: PASSWORD });
    await fillWorkloads(bed.database);
    api = await startApi(bed.context);
    browser = await launchChromium();
    await open("en");
  });

  afterAll(async () => {
    await browser?.close();
    await api?.stop();
    await bed?.[Symbol.asyncDispose]();
  });

  /** A new window, signed in. */
  async function open(language: Language, colorScheme: "light" | "dark" = "light"): Promise<void> {
    await context?.close();
    context = await browser.newContext({
      locale: language === "en" ? "en-US" : "ko-KR",
      colorScheme,
      viewport: { width: 1280, height: 800 },
    });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !/40[14]/.test(message.text())) {
        complaints.push(message.text());
      }
    });
    await page.goto(api.url);
    await page.locator("input[name=username]").fill("admin");
    await page.locator("input[name=password]").fill(PASSWORD);
    await page.locator("button[type=submit]").click();
    await page.getByRole("link", { name: CATALOGUE[language]["console.nav.running"] }).waitFor();
  }

  function en(id: MessageId): string {
    return CATALOGUE.en[id];
  }

  async function axe(): Promise<readonly string[]> {
    await page.evaluate(AXE);
    return await page.evaluate(async () => {
      const { axe: checker } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
      };
      const { violations } = await checker.run();
      return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
    });
  }

  async function rows(): Promise<number> {
    return await page.locator("tbody tr").count();
  }

  it("shows what runs, denied first, and why something never passed the gate", async () => {
    await page.getByRole("link", { name: en("console.nav.running") }).click();
    await page.getByText("3 allowed, 1 refused, 1 undecided, 4 never passed the gate").waitFor();
    expect(await rows()).toBe(6);
    expect(await page.locator("tbody tr").first().getAttribute("data-outcome")).toBe("deny");
    const row = page.getByRole("row", { name: /kube-apiserver-node-1/ });
    await row.locator('[data-standing="never"]').waitFor();
    await row.getByText(en("controller.neverAdmitted.static-pod")).waitFor();
    await page
      .getByRole("row", { name: /build\/nightly/ })
      .getByText(en("console.running.unjudged"))
      .waitFor();
  });

  it("is searched by the server, and the address says what is shown", async () => {
    await page.getByLabel(en("console.filter.neverAdmitted")).check();
    await page.getByRole("row", { name: /shop\/web/ }).waitFor({ state: "detached" });
    expect(await rows()).toBe(4);
    await page.getByLabel(en("console.filter.namespace")).fill("kube-system");
    await page.getByRole("row", { name: /pay\/api/ }).waitFor({ state: "detached" });
    expect(new URL(page.url()).searchParams.get("namespace")).toBe("kube-system");
    await page.reload();
    await page.getByRole("row", { name: /coredns/ }).waitFor();
    expect(await rows()).toBe(2);
    await page.getByLabel(en("console.filter.text"), { exact: true }).fill("nothing like that");
    await page.getByText(en("console.running.noMatch")).waitFor();
    await page.getByRole("button", { name: en("console.filter.reset") }).click();
    await page.getByRole("row", { name: /shop\/web/ }).waitFor();
    expect(await page.getByLabel(en("console.filter.namespace")).inputValue()).toBe("");
  });

  it("one workload: every reason, the exceptions that it needs, its pods", async () => {
    await page
      .getByRole("link", { name: /shop\/web/ })
      .first()
      .click();
    await page.getByRole("heading", { name: "shop/web" }).waitFor();
    await page.locator('[data-code="VULNERABILITY"][data-effect="exempt"]').waitFor();
    await page.getByRole("link", { name: "shop/lodash-until-rewrite" }).waitFor();
    await page.getByRole("row", { name: /web-7d9c5b6f8d-0/ }).waitFor();
    expect(await page.locator(".nav-link[aria-current]").innerText()).toBe(en("console.nav.running"));
    await page.goto(`${api.url}/running/999999`);
    await page.getByText(en("console.error.WORKLOAD_UNKNOWN")).waitFor();
  });

  it("exceptions: state, what they let pass, for whom, and whether anybody needs them", async () => {
    await page.getByRole("link", { name: en("console.nav.exceptions") }).click();
    const row = page.getByRole("row", { name: /lodash-until-rewrite/ });
    await row.getByText(en("console.exceptions.state.expiring")).waitFor();
    await row.getByText("CVE-2019-10744, CVE-2020-8203").waitFor();
    await row.getByText("1 running image needs it").waitFor();
    await page
      .getByRole("row", { name: /asked-for/ })
      .getByText(en("console.exceptions.state.requested"))
      .waitFor();
    expect(await page.locator("tbody tr").last().innerText()).toContain(en("console.exceptions.state.expired"));
  });

  it("decisions are searched, and older ones are a page away", async () => {
    await page.getByRole("link", { name: en("console.nav.decisions") }).click();
    await page.getByRole("row", { name: /shop\/web:129/ }).waitFor();
    await page.getByText(en("console.decisions.passedAs.known")).waitFor();
    expect(await rows()).toBe(100);
    await page.getByRole("button", { name: en("console.decisions.older") }).click();
    await page.getByRole("row", { name: /shop\/web:0\b/ }).waitFor();
    expect(await rows()).toBe(30);
    await page.getByRole("button", { name: en("console.decisions.newest") }).click();
    await page.getByRole("row", { name: /shop\/web:129/ }).waitFor();
    await page.getByLabel(en("console.filter.image")).fill("127.0.0.1:5000/shop/web:7");
    await page.getByRole("row", { name: /shop\/web:129/ }).waitFor({ state: "detached" });
    expect(await rows()).toBe(1);
    await page.getByRole("button", { name: en("console.filter.reset") }).click();
    await page.getByLabel(en("console.filter.user")).fill("nobody");
    await page.getByText(en("console.decisions.noMatch")).waitFor();
    expect(await axe()).toEqual([]);
  });

  it("the search can be used with the keyboard alone", async () => {
    await page.goto(`${api.url}/decisions`);
    await page.getByRole("row", { name: /shop\/web:129/ }).waitFor();
    await page.getByLabel(en("console.filter.namespace")).focus();
    await page.keyboard.type("shop");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.getAttribute('aria-haspopup')")).toBe("listbox");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/outcome=/);
    expect(new URL(page.url()).searchParams.get("namespace")).toBe("shop");
  });

  it.each([
    { language: "en", colorScheme: "light" },
    { language: "ko", colorScheme: "light" },
    { language: "en", colorScheme: "dark" },
    { language: "ko", colorScheme: "dark" },
  ] as const)(
    "$language, $colorScheme: nothing is cut off on a desk or a telephone, and axe is content",
    async (look) => {
      await open(look.language, look.colorScheme);
      const { images } = await bed.database.workloads.list({ limit: 1 });
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 800 });
        for (const path of [
          "/running",
          `/running/${images[0]?.id}`,
          "/exceptions",
          "/cluster",
          "/decisions?outcome=undecided",
        ]) {
          await page.goto(`${api.url}${path}`);
          await page.locator("[role=cell]").first().waitFor();
          const wide = await page.evaluate(() => {
            interface Box {
              readonly scrollWidth: number;
              readonly clientWidth: number;
              readonly className: string;
            }
            const { document } = globalThis as unknown as {
              document: { querySelectorAll(selector: string): Iterable<Box> };
            };
            return [...document.querySelectorAll("html, .table-frame, .table-cell")]
              .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
              .map(({ className, scrollWidth, clientWidth }) => `${className}: ${scrollWidth} > ${clientWidth}`);
          });
          expect(wide, `${path} at ${width}`).toEqual([]);
          expect(await axe(), `${path} at ${width}`).toEqual([]);
          const folder = process.env["HAECHI_SCREENSHOTS"];
          if (folder !== undefined) {
            const name = `${path.split("?", 1).join("").split("/").slice(1, 3).join("-")}-${look.language}-${look.colorScheme}-${width}.png`;
            await page.screenshot({ path: join(folder, name), fullPage: width === 390 });
          }
        }
      }
    },
  );

  it("nothing broke the page's policy or failed to format", () => {
    expect(complaints).toEqual([]);
  });
});
