// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { digestOf } from "#base";
import type { ManifestRecord } from "#database";
import type { ScanReport } from "#findings";
import { CATALOGUE, type MessageId } from "#messages";
import { startApi } from "../../src/apps/server/api/index.ts";
import { CONSOLE_FOLDER } from "../../src/apps/server/api/routes/console-files.ts";
import type { RunningRole } from "../../src/apps/server/context.ts";
import {
  type ApiTestBed,
  addAccount,
  BAD_PACKAGES,
  createApiTestBed,
  finishScan,
  pushImage,
} from "../support/api-server.ts";
import { launchChromium } from "../support/chromium.ts";
import { runTool } from "../support/run-tool.ts";
import { describeWithTools } from "../support/tools.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PASSWORD = "the gate is guarded";

function en(id: MessageId): string {
  return CATALOGUE.en[id];
}

/** Everything that a report can hold. */
async function finishWithEverything({ database }: ApiTestBed, { digest }: ManifestRecord): Promise<void> {
  await finishScan(database, digest, { packages: BAD_PACKAGES });
  const report = (await database.scans.find(digest))?.report;
  const [first, second, ...rest] = report?.findings ?? [];
  if (report === undefined || first === undefined || second === undefined) {
    throw new Error("the report has findings");
  }
  const base = report.image.layers[0]?.diffId ?? digestOf("x");
  const whole: ScanReport = {
    ...report,
    findings: [
      {
        ...first,
        severitySource: "nvd",
        cvssVector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H",
        aliases: ["GHSA-jf85-cpcp-j695"],
        coveredBy: { type: "deb", name: "node-lodash", version: "4.17.4-1" },
        exploitation: {
          knownExploited: { added: "2021-11-03", isInRansomware: true },
          epss: { score: 0.0312, percentile: 0.87, date: "2026-11-20" },
        },
      },
      ...rest,
    ],
    suppressed: [
      {
        finding: second,
        suppression: {
          by: "vex",
          origin: "vex/team-app.json#/statements/0",
          status: "notAffected",
          justification: "vulnerable_code_not_in_execute_path",
        },
      },
    ],
    otherFindings: [
      {
        kind: "secret",
        rule: "aws-access-key-id",
        severity: "critical",
        title: "An access key",
        params: { credential: "accessKeyId", vendor: "AWS" },
        excerpt: "AKIA****************",
        line: 3,
        evidence: { layer: digest, layerIndex: 1, path: "srv/app/.env", analyzer: "secrets" },
        isHidden: true,
      },
      { kind: "configuration", rule: "HC002", severity: "medium", title: "No USER", params: {} },
      {
        kind: "license",
        rule: "AGPL-3.0-only",
        severity: "high",
        title: "A licence",
        params: { package: "node-x", version: "1.0", license: "AGPL-3.0-only", category: "forbidden" },
        evidence: { layer: base, layerIndex: 0, path: "var/lib/dpkg/status", analyzer: "dpkg" },
      },
    ],
    support: { release: "debian 12", until: "2026-06-10", extendedUntil: "2028-06-30", source: "endoflife" },
  };
  await database.scans.finish(digest, { state: "done", report: whole });
}

describeWithTools("scans in a browser", ["chromium"], () => {
  let bed: ApiTestBed;
  let api: RunningRole;
  let browser: Browser;
  let page: Page;
  let image: ManifestRecord;

  beforeAll(async () => {
    if (!existsSync(join(CONSOLE_FOLDER, "index.html"))) {
      await runTool("npm", ["run", "build", "-w", "console"]);
    }
    bed = await createApiTestBed();
    await addAccount(bed.database, { name: "admin", role: "ADMIN", password: PASSWORD });
    image = await pushImage(bed.database, { repository: "team/app", tag: "1.0" });
    await finishWithEverything(bed, image);
    api = await startApi(bed.context);
    browser = await launchChromium();
    page = await (await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(`${api.url}/images`);
    await page.getByLabel(en("console.login.name")).fill("admin");
    await page.getByRole("textbox", { name: en("console.login.password") }).fill(PASSWORD);
    await page.getByRole("button", { name: en("console.login.submit") }).click();
    await page.getByRole("heading", { name: en("console.images.title") }).waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await api?.stop();
    await bed?.[Symbol.asyncDispose]();
  });

  async function expectAccessible(): Promise<void> {
    await page.evaluate(AXE);
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
      };
      const { violations } = await axe.run();
      return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
    });
    expect(found).toEqual([]);
  }

  it("the page of an image shows every kind of finding, and what does not count", async () => {
    await page.getByRole("link", { name: "team/app:1.0" }).click();
    await page.getByText("2028-06-30").waitFor();
    await page.getByRole("tab", { name: en("console.image.tab.findings") }).click();
    await page.getByText("KEV since 2021-11-03").waitFor();
    await page.getByText("EPSS 3.1%").waitFor();
    await page.getByText("node-lodash").waitFor();
    await expectAccessible();
    await page.getByText(en("console.findings.suppressed"), { exact: true }).click();
    await page.getByText("vulnerable_code_not_in_execute_path").waitFor();
    await page.getByText("vex/team-app.json#/statements/0").waitFor();
    await page.getByRole("tab", { name: en("console.image.tab.secrets") }).click();
    await page.getByText("AKIA****************").waitFor();
    await page.getByText(en("console.observations.hidden")).waitFor();
    await page.getByRole("tab", { name: en("console.image.tab.configuration") }).click();
    await page.getByText(en("check.HC002")).waitFor();
    await page.getByRole("tab", { name: en("console.image.tab.licenses") }).click();
    await page.getByText(/AGPL-3.0-only \(category forbidden\)/).waitFor();
    await expectAccessible();
  });

  it("one finding is explained: where it comes from, and what removes it", async () => {
    await page.getByRole("tab", { name: en("console.image.tab.findings") }).click();
    await page
      .getByRole("row", { name: /CVE-2019-10744/ })
      .getByRole("button", { name: en("console.findings.explain") })
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Update lodash to 4.17.12.").waitFor();
    await dialog.getByText("COPY . /srv/app # buildkit").waitFor();
    await dialog.getByText("2 of 2").waitFor();
    await expectAccessible();
    await dialog.getByRole("button", { name: en("console.explain.close") }).click();
    await dialog.waitFor({ state: "detached" });
  });

  it("a scan that is asked for shows how far it is, and can be stopped", async () => {
    await page.getByRole("button", { name: en("console.image.rescan") }).click();
    await page.getByText(en("console.scanning.waits")).waitFor();
    await bed.database.scans.markRunning(image.digest);
    await bed.database.scanJobs.noteProgress(image.digest, { doneBytes: 26_000_000, totalBytes: 52_000_000 });
    await page.getByText(/of .* read/).waitFor();
    await expectAccessible();
    await page.getByRole("link", { name: en("console.nav.scans") }).click();
    await page.getByText(en("console.scans.state.running"), { exact: true }).first().waitFor();
    await expectAccessible();
    await page.getByRole("button", { name: en("console.scans.stop") }).click();
    await page.getByText("stopped by admin").waitFor();
    // the report from before counts again
    expect((await bed.database.scans.find(image.digest))?.state).toBe("done");
    await page.getByRole("button", { name: en("console.scans.retry") }).click();
    await page.getByRole("button", { name: en("console.scans.stop") }).waitFor();
    expect((await bed.database.audit.list({ limit: 10 })).map(({ action }) => action)).toEqual(
      expect.arrayContaining(["scan-requested", "scan-stopped"]),
    );
  });

  it("images are found by what they hold", async () => {
    await page.getByRole("link", { name: en("console.nav.search"), exact: true }).click();
    await page.getByText(en("console.search.start")).waitFor();
    await expectAccessible();
    await page.getByLabel(en("console.search.package")).fill("LODASH");
    await page.getByRole("row", { name: /team\/app:1\.0.*lodash.*4\.17\.4/ }).waitFor();
    await page.getByLabel(en("console.search.vulnerability")).fill("ghsa-jf85*");
    await page.getByRole("row", { name: /GHSA-jf85-cpcp-j695/ }).waitFor();
    await expectAccessible();
    await page.getByLabel(en("console.search.package")).fill("left-pad");
    await page.getByText(en("console.search.none")).waitFor();
  });
});
