// SPDX-License-Identifier: Apache-2.0
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { describe, expect, it } from "vitest";
import {
  BAD_OUTCOME,
  FULL_OUTCOME,
  GOOD_OUTCOME,
  HOSTILE_OUTCOME,
  UNKNOWN_OUTCOME,
} from "../../../../test/support/scan-outcomes.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { renderCycloneDx, toCycloneDx } from "./render-cyclonedx.ts";

const OPTIONS = { toolVersion: "0.1.0" };
/** The validator sees a fault when there is one. */
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

function withPackages(packages: readonly object[]): ScanOutcome {
  const [report] = GOOD_OUTCOME.reports;
  if (report === undefined) {
    throw new Error("no report");
  }
  const [known] = report.inventory.packages;
  const inventory = { ...report.inventory, packages: packages.map((each) => ({ ...known, ...each }) as never) };
  return { ...GOOD_OUTCOME, reports: [{ ...report, inventory }] };
}

describe("renderCycloneDx", () => {
  it("the schema refuses what is wrong, so that the next tests mean something", async () => {
    const text = renderCycloneDx(BAD_OUTCOME, OPTIONS).replace('"library"', '"nothing"');
    expect(await validator.validate(text)).not.toBeNull();
  });

  it.each([
    { name: "an image with findings", outcome: BAD_OUTCOME },
    { name: "an image without", outcome: GOOD_OUTCOME },
    { name: "an image with everything", outcome: FULL_OUTCOME },
    { name: "hostile findings", outcome: HOSTILE_OUTCOME },
    { name: "an image of an unknown distribution", outcome: UNKNOWN_OUTCOME },
    {
      name: "several platforms",
      outcome: { ...BAD_OUTCOME, reports: [...BAD_OUTCOME.reports, ...GOOD_OUTCOME.reports] },
    },
    {
      name: "hostile names",
      outcome: withPackages([
        { type: "npm", name: "@/", version: "" },
        { type: "npm", name: "", version: "1" },
        { type: "deb", name: "\u0000\ud800\u001b[31m", version: "%00?#@" },
        { type: "apk", name: "a/../../b", version: "1", architecture: "", licenses: ["", "GPL\n2"] },
      ]),
    },
  ])("$name: valid by the official schema", async ({ outcome }) => {
    expect(await validator.validate(renderCycloneDx(outcome, OPTIONS))).toBeNull();
  });

  it("equal inventories give equal bytes, in whatever order they come", () => {
    const [report] = BAD_OUTCOME.reports;
    const packages = report?.inventory.packages ?? [];
    expect(packages.length).toBeGreaterThan(1);
    const turned = {
      ...BAD_OUTCOME,
      reports: BAD_OUTCOME.reports.map((each) => ({
        ...each,
        inventory: { ...each.inventory, packages: each.inventory.packages.toReversed() },
      })),
    };
    expect(renderCycloneDx(turned, OPTIONS)).toBe(renderCycloneDx(BAD_OUTCOME, OPTIONS));
  });

  it("vulnerabilities lead to their components, and suppressed ones say why", () => {
    const document = JSON.parse(renderCycloneDx(FULL_OUTCOME, OPTIONS));
    const references = document.components.map((each: Record<string, unknown>) => each["bom-ref"]);
    const affected = document.vulnerabilities.flatMap(
      ({ affects }: { affects: readonly { ref: string }[] }) => affects,
    );
    expect(affected.length).toBeGreaterThan(5);
    for (const { ref } of affected) {
      expect(references).toContain(ref);
    }
    const byId = new Map(
      document.vulnerabilities.map((each: Record<string, unknown>) => [each["id"], each["analysis"]]),
    );
    expect(byId.get("CVE-2024-0001")).toMatchObject({ state: "not_affected", justification: "code_not_reachable" });
    expect(byId.get("CVE-2024-0002")).toMatchObject({ state: "exploitable", response: ["will_not_fix"] });
    expect(byId.get("CVE-2019-10744")).toBeUndefined();
  });

  it("an attestation of the inventory says nothing of vulnerabilities, which change while it stays", () => {
    expect(toCycloneDx(FULL_OUTCOME, OPTIONS)).not.toHaveProperty("vulnerabilities");
  });

  it("packages have the URL of their type", () => {
    const text = renderCycloneDx(BAD_OUTCOME, OPTIONS);
    expect(text).toContain('"pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64&distro=debian-12"');
    expect(text).toContain('"pkg:npm/lodash@4.17.4"');
  });

  it("a scan that missed something says so", () => {
    expect(renderCycloneDx(UNKNOWN_OUTCOME, OPTIONS)).toContain('"incomplete"');
    expect(renderCycloneDx(GOOD_OUTCOME, OPTIONS)).toContain('"complete"');
  });
});
