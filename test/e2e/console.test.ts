// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { CATALOGUE, type MessageId } from "#messages";
import { OCI_MANIFEST } from "#oci";
import { DEFAULT_REGISTRY_POLICIES, type PolicyDocument } from "#policy";
import { startApi } from "../../src/apps/server/api/index.ts";
import { CONSOLE_FOLDER } from "../../src/apps/server/api/routes/console-files.ts";
import type { RunningRole } from "../../src/apps/server/context.ts";
import {
  type ApiTestBed,
  addAccount,
  BAD_PACKAGES,
  createApiTestBed,
  DEBIAN_PACKAGES,
  finishScan,
  pushImage,
} from "../support/api-server.ts";
import { launchChromium } from "../support/chromium.ts";
import { runTool } from "../support/run-tool.ts";
import { ScriptedVerifier } from "../support/scripted-verifier.ts";
import { describeWithTools } from "../support/tools.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FIRST_PASSWORD = "printed-at-first-start";
const PASSWORD = "the gate is guarded";

const ARTIFACT_TYPE = "application/vnd.example.a-very-long-product-name.configuration.document.v1+json";

/** What `oras push` leaves in the store. */
async function putArtifact({ database }: ApiTestBed): Promise<void> {
  const digest = digestOf("artifact");
  const record = {
    repository: "team/chart",
    digest,
    mediaType: OCI_MANIFEST,
    kind: "artifact",
    artifactType: ARTIFACT_TYPE,
    sizeBytes: 512,
    references: [{ digest: digestOf("document"), kind: "blob", sizeBytes: 4_096 }],
    pushedBy: "admin",
    pushedAt: new Date().toISOString(),
  } as const;
  await database.registry.putManifest(record, "1.0");
  await database.events.publish({ type: "image-pushed", repository: record.repository, tag: "1.0", digest });
}

function en(id: MessageId): string {
  return CATALOGUE.en[id];
}

function ko(id: MessageId): string {
  return CATALOGUE.ko[id];
}

/** Images below `signed/` need a signature. */
const SIGNED_ONLY: PolicyDocument = {
  kind: "ClusterImagePolicy",
  name: "signed-only",
  mandatory: true,
  repositories: [
    {
      name: "127.0.0.1:5000/signed/*",
      policy: { signatures: [{ keyless: { issuer: "https://login.example", subject: "release@example.com" } }] },
    },
  ],
};

describeWithTools("the console in a browser", ["chromium"], () => {
  const verifier = new ScriptedVerifier();
  let bed: ApiTestBed;
  let api: RunningRole;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let badDigest: Digest;
  /** Requests that left for anywhere else, and what the page complained about. */
  const foreign: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    if (!existsSync(join(CONSOLE_FOLDER, "index.html"))) {
      await runTool("npm", ["run", "build", "-w", "console"]);
    }
    bed = await createApiTestBed({ verifier, policies: [...DEFAULT_REGISTRY_POLICIES, SIGNED_ONLY] });
    await addAccount(bed.database, { name: "admin", role: "ADMIN", password: FIRST_PASSWORD, mustChange: true });
    api = await startApi(bed.context);
    browser = await launchChromium();
    context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on("request", (request) => {
      if (!request.url().startsWith(api.url) && !request.url().startsWith("data:")) {
        foreign.push(request.url());
      }
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // A refused login is a 401, which the browser reports by itself.
      if (message.type() === "error" && !message.text().includes("status of 401")) {
        complaints.push(message.text());
      }
    });
  });

  afterAll(async () => {
    await browser?.close();
    await api?.stop();
    await bed?.[Symbol.asyncDispose]();
  });

  async function axe(): Promise<readonly string[]> {
    // Evaluated, not added as a script: the page's policy refuses foreign scripts, as it should.
    await page.evaluate(AXE);
    return await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
      };
      const { violations } = await axe.run();
      return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
    });
  }

  it("asks for a name and a password, and refuses a wrong one in a sentence", async () => {
    await page.goto(`${api.url}/images`);
    await page.getByLabel(en("console.login.name")).fill("admin");
    await page.getByRole("textbox", { name: en("console.login.password") }).fill("a wrong password");
    await page.getByRole("button", { name: en("console.login.submit") }).click();
    await page.getByText(en("console.error.LOGIN_FAILED")).waitFor();
    expect(await axe()).toEqual([]);
  });

  it("lets nobody go on with the first password", async () => {
    await page.getByRole("textbox", { name: en("console.login.password") }).fill(FIRST_PASSWORD);
    await page.getByRole("button", { name: en("console.login.submit") }).click();
    await page.getByText(en("console.password.forced")).waitFor();
    await page.getByRole("textbox", { name: en("console.password.current") }).fill(FIRST_PASSWORD);
    await page.getByRole("textbox", { name: en("console.password.next"), exact: true }).fill(PASSWORD);
    await page.getByRole("textbox", { name: en("console.password.repeat") }).fill(PASSWORD);
    expect(await axe()).toEqual([]);
    await page.getByRole("button", { name: en("console.password.submit") }).click();
  });

  it("shows an empty registry the exact command that fills it", async () => {
    await page.getByRole("heading", { name: en("console.images.empty") }).waitFor();
    await page
      .getByText(
        "skopeo copy --dest-tls-verify=false docker://docker.io/library/debian:12 docker://127.0.0.1:5000/team/app:1.0",
      )
      .waitFor();
    expect(await axe()).toEqual([]);
  });

  it("shows a pushed image and the end of its scan without a reload", async () => {
    await page.evaluate(() => {
      (globalThis as { isSamePage?: boolean }).isSamePage = true;
    });
    const good = await pushImage(bed.database, { repository: "team/good", tag: "1.0" });
    const row = page.getByRole("row", { name: /team\/good:1\.0/ });
    await row.getByText(en("console.verdict.undecided")).waitFor();
    await row.getByText(en("console.scan.pending")).waitFor();
    await finishScan(bed.database, good.digest, { packages: DEBIAN_PACKAGES });
    await row.getByText(en("console.verdict.allow")).waitFor();

    badDigest = (await pushImage(bed.database, { repository: "team/bad", tag: "1.0" })).digest;
    await finishScan(bed.database, badDigest, { packages: BAD_PACKAGES });
    const refused = page.getByRole("row", { name: /team\/bad:1\.0/ });
    await refused.getByText(en("console.verdict.deny")).waitFor();
    await refused.getByText("Critical 2 / 2").waitFor();
    await refused.getByText(/CVE-2019-10744/).waitFor();

    const unknown = await pushImage(bed.database, { repository: "team/unknown", tag: "1.0" });
    await finishScan(bed.database, unknown.digest, { isUnknown: true });
    await page
      .getByRole("row", { name: /team\/unknown:1\.0/ })
      .getByText(en("console.verdict.undecided"))
      .waitFor();
    expect(await page.evaluate(() => (globalThis as { isSamePage?: boolean }).isSamePage)).toBe(true);
    await page.getByText(en("console.database.bundledTitle")).waitFor();
    expect(await axe()).toEqual([]);
  });

  it("shows who signed an image, a bad signature louder than none, and a new one without a reload", async () => {
    const states = { verified: "verified", bad: "bad", unknown: "unknown", none: "none" } as const;
    for (const [name, state] of Object.entries(states)) {
      const { digest } = await pushImage(bed.database, { repository: `signed/${name}`, tag: "1.0" });
      verifier.states.set(digest, state);
      await finishScan(bed.database, digest, { packages: DEBIAN_PACKAGES });
    }
    const { digest } = await pushImage(bed.database, { repository: "team/attached", tag: "1.0" });
    verifier.found.set(digest, [{ kind: "cosign", location: "referrer sha256:1" }]);
    await finishScan(bed.database, digest, { packages: DEBIAN_PACKAGES });
    for (const [name, state] of [...Object.entries(states), ["attached", "not-asked"]] as const) {
      const row = page.getByRole("row", { name: new RegExp(`/${name}:1\\.0`) });
      await row
        .locator(`[data-signature="${state}"]`)
        .getByText(en(`console.signature.state.${state}`))
        .waitFor();
    }
    await page
      .getByRole("row", { name: /team\/attached/ })
      .getByText("1 × cosign")
      .waitFor();
    await page
      .getByRole("row", { name: /signed\/verified/ })
      .getByText("sha256:1234")
      .waitFor();
    expect(await axe()).toEqual([]);

    await page.getByRole("link", { name: "signed/bad:1.0" }).click();
    await page.getByRole("tab", { name: en("console.image.tab.signatures") }).click();
    await page.getByText(en("console.signature.title.bad")).waitFor();
    const problem = page.locator('.signature[data-code="KEY_MISMATCH"]');
    await problem.getByText(en("signature.KEY_MISMATCH")).waitFor();
    await problem.getByText("referrer sha256:5678").waitFor();
    await page.getByText(/ClusterImagePolicy signed-only/).waitFor();
    await page.getByText(/cosign sign --key cosign.key .*127\.0\.0\.1:5000\/signed\/bad@sha256:/).waitFor();
    expect(await axe()).toEqual([]);

    await page.goto(`${api.url}/image/signed/none:1.0?tab=signatures`);
    await page.getByText(en("console.signature.title.none")).waitFor();
    await page.getByText(en("console.signature.hint.noneAsked")).waitFor();
    expect(await axe()).toEqual([]);
    const none = await bed.database.registry.findManifest("signed/none", { tag: "1.0" });
    const subject = none?.digest ?? digestOf("none");
    verifier.states.set(subject, "verified");
    const signature = { repository: "signed/none", digest: digestOf("signature") };
    await bed.database.events.publish({ type: "image-pushed", ...signature, subject });
    await page.getByText(en("console.signature.title.verified")).waitFor();
    await page.getByText(en("console.verdict.allowTitle")).waitFor();
    const facts = page.locator('.signature[data-effect="verified"]');
    await facts.getByText("signature, digest").waitFor();
    await facts.getByText(en("console.signature.noTime")).waitFor();
    expect(await axe()).toEqual([]);

    await page.goto(`${api.url}/image/team/attached:1.0?tab=signatures`);
    await page.getByText(en("console.signature.title.not-asked")).waitFor();
    await page.getByText("referrer sha256:1", { exact: true }).waitFor();
    await page.getByText(/--registry-require-signatures team\/attached=cosign\.pub/).waitFor();
    expect(await axe()).toEqual([]);
    await page.goto(`${api.url}/images`);
  });

  it("opens an image and shows why it is refused, its findings, packages and layers", async () => {
    await page.getByRole("link", { name: "team/bad:1.0" }).click();
    await page.getByText(en("console.verdict.denyTitle")).waitFor();
    const reasons = page.locator('[data-code="VULNERABILITY"]');
    await reasons.first().waitFor();
    expect(await reasons.count()).toBe(4);
    await page.getByText(/ClusterImagePolicy “haechi-default”/).waitFor();
    expect(await axe()).toEqual([]);

    await page.getByRole("tab", { name: en("console.image.tab.findings") }).click();
    await page.getByPlaceholder(en("console.findings.search")).fill("minimist");
    await page.getByRole("row", { name: /CVE-2021-44906/ }).waitFor();
    await page.getByRole("row", { name: /CVE-2019-10744/ }).waitFor({ state: "detached" });
    expect(await axe()).toEqual([]);

    await page.getByRole("tab", { name: en("console.image.tab.packages") }).click();
    await page.getByRole("row", { name: /libssl3.*openssl/ }).waitFor();
    await page.getByRole("tab", { name: en("console.image.tab.layers") }).click();
    await page.getByText("COPY . /srv/app # buildkit").waitFor();
    await page.getByRole("button", { name: en("console.image.rescan") }).click();
    await page.getByText(en("console.scanning.waits")).waitFor();
    expect(await axe()).toEqual([]);
    await finishScan(bed.database, badDigest, { packages: BAD_PACKAGES });
  });

  it("speaks Korean when asked, the reasons too, and remembers it", async () => {
    await page.getByRole("tab", { name: en("console.image.tab.verdict") }).click();
    await page.getByText("한국어").click();
    await page.getByText(ko("console.verdict.denyTitle")).waitFor();
    await page
      .locator('[data-code="VULNERABILITY"]')
      .filter({ hasText: /[가-힣]/ })
      .first()
      .waitFor();
    await page.reload();
    await page.getByText(ko("console.verdict.denyTitle")).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("ko");
    expect(await axe()).toEqual([]);
  });

  it("works in the dark, with pages that have nothing to show", async () => {
    await page.getByRole("button", { name: ko("console.colorScheme.toDark") }).click();
    await page.getByRole("link", { name: ko("console.nav.decisions") }).click();
    await page.getByText(ko("console.decisions.empty")).waitFor();
    expect(await axe()).toEqual([]);
    await page.getByRole("link", { name: ko("console.nav.status") }).click();
    await page.getByText("Debian:12").waitFor();
    expect(await axe()).toEqual([]);
    await page.getByRole("link", { name: ko("console.nav.audit") }).click();
    await page.getByText("password-changed").waitFor();
    expect(await axe()).toEqual([]);
    await page.getByRole("link", { name: ko("console.nav.images") }).click();
    await page.getByRole("row", { name: /team\/good:1\.0/ }).waitFor();
    expect(await axe()).toEqual([]);
  });

  it("shows an artifact as what it is, without a verdict", async () => {
    await putArtifact(bed);
    const row = page.getByRole("row", { name: /team\/chart:1\.0/ });
    await row.getByText(ko("console.artifact.label"), { exact: true }).waitFor();
    expect(await row.getByText(ko("console.verdict.undecided")).count()).toBe(0);
    await row.getByRole("link").click();
    await page.getByText(ko("console.artifact.title")).waitFor();
    await page.getByText(ARTIFACT_TYPE).waitFor();
    await page.getByText("oras pull --plain-http 127.0.0.1:5000/team/chart:1.0").waitFor();
    expect(await page.locator("[data-outcome]").count()).toBe(0);
    expect(await page.title()).toBe("team/chart:1.0 · Haechi");
    expect(await page.locator(".nav-link[aria-current]").innerText()).toBe(ko("console.nav.images"));
    expect(await axe()).toEqual([]);
  });

  it("cuts nothing off on a telephone, and every column stays on a desk", async () => {
    const reference = `registry.example.com/${"a-long-name-".repeat(10)}/app@${badDigest}`;
    bed.database.decisions.record({
      gate: "admission",
      actor: "system:serviceaccount:kube-system:replicaset-controller",
      reference,
      outcome: "deny",
      reasons: [],
      requestId: "long",
      durationMs: 3,
      decidedAt: new Date().toISOString(),
    });
    await bed.database.decisions.flush();
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 800 });
      for (const path of [
        "/decisions",
        "/audit",
        "/images",
        "/image/team/chart:1.0",
        "/image/team/bad:1.0?tab=findings",
        "/image/team/bad:1.0?tab=packages",
        "/image/team/bad:1.0?tab=layers",
        "/image/signed/bad:1.0?tab=signatures",
        "/image/signed/verified:1.0?tab=signatures",
      ]) {
        await page.goto(`${api.url}${path}`);
        await page
          .locator(path.includes("chart") ? ".artifact" : path.includes("signatures") ? ".signature" : "[role=cell]")
          .first()
          .waitFor();
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
        expect(await axe()).toEqual([]);
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${api.url}/decisions`);
    await page.getByTitle(reference).waitFor();
    await page.goto(`${api.url}/images`);
    await page.getByRole("row", { name: /team\/good:1\.0/ }).waitFor();
  });

  it("can be used with the keyboard alone", async () => {
    await page.keyboard.press("Tab");
    const focused = page.locator("a:focus", { hasText: "team/good:1.0" });
    for (let presses = 0; presses < 40 && (await focused.count()) === 0; presses += 1) {
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await page.getByText(ko("console.verdict.allowTitle")).waitFor();
  });

  it("says so when there is no such image, and when the role does not allow a page", async () => {
    await page.goto(`${api.url}/image/nobody/app:9`);
    await page.getByText(ko("console.error.IMAGE_UNKNOWN")).waitFor();
    await page.goto(`${api.url}/no/such/page`);
    await page.getByText(ko("console.state.notFound"), { exact: true }).waitFor();
    await page.getByRole("link", { name: ko("console.nav.status") }).waitFor();
    expect(await page.title()).toBe(`${ko("console.state.notFound")} · Haechi`);
    await addAccount(bed.database, { name: "viewer", role: "VIEWER", password: PASSWORD });
    await context.clearCookies();
    await page.goto(`${api.url}/audit`);
    await page.getByLabel(ko("console.login.name")).fill("viewer");
    await page.getByRole("textbox", { name: ko("console.login.password") }).fill(PASSWORD);
    await page.getByRole("button", { name: ko("console.login.submit") }).click();
    await page.getByText(ko("console.state.noPermission")).waitFor();
    expect(await page.getByRole("link", { name: ko("console.nav.audit") }).count()).toBe(0);
  });

  it("signs out, and the way back shows nothing", async () => {
    await page.getByRole("button", { name: "viewer" }).click();
    await page.getByText(ko("console.account.logout")).click();
    await page.getByRole("button", { name: ko("console.login.submit") }).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: ko("console.login.submit") }).waitFor();
  });

  it("never called out, broke its own page policy, or failed to format a message", () => {
    expect(foreign).toEqual([]);
    expect(complaints.filter((complaint) => !/40[34]/.test(complaint))).toEqual([]);
  });
});
