// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { moduleInSummary, severityInSummary } from "./erratum-summary.ts";
import { parseOsvRecord } from "./parse-osv-record.ts";

const MODULAR = [{ introduced: "0", fixed: "1:18.14.2-2.module_el8.7.0+3497+c65299e7" }];
const PLAIN = [{ introduced: "0", fixed: "1:18.14.2-2.el8" }];

it.each([
  { summary: "nodejs:18 security update", want: undefined },
  { summary: "Unimportant: nodejs:18 security update", want: undefined },
  { summary: "a text about Important: things", want: undefined },
  { summary: "Critical: firefox security update", want: "critical" },
  { summary: "Important: nodejs:18 security update", want: "high" },
  { summary: "Moderate: nodejs:18 security update", want: "medium" },
  { summary: "Low: nodejs:18 security update", want: "low" },
])("severity of $summary: $want", ({ summary, want }) => {
  expect(severityInSummary(summary)).toBe(want);
});

it.each([
  { summary: "Important: kernel security update", ranges: MODULAR, want: undefined },
  { summary: "Important: unbound:1.16.2 security update", ranges: PLAIN, want: undefined },
  { summary: "Low: virt:rhel and virt-devel:rhel security update", ranges: MODULAR, want: undefined },
  { summary: "Moderate: nodejs:18 security, bug fix, and enhancement update", ranges: MODULAR, want: "nodejs:18" },
  { summary: "idm:DL1 bug fix update", ranges: MODULAR, want: "idm:DL1" },
  { summary: "Low: perl-DBD-Pg:3.7 bug fix update", ranges: MODULAR, want: "perl-DBD-Pg:3.7" },
  { summary: "Low: container-tools:rhel8 update", ranges: [{ introduced: "0" }], want: undefined },
])("module of $summary: $want", ({ summary, ranges, want }) => {
  expect(moduleInSummary(summary, ranges)).toBe(want);
});

describe("a record of AlmaLinux", () => {
  it("has the severity and the module of its summary", () => {
    const events = [{ introduced: "0" }, { fixed: MODULAR[0]?.fixed }];
    const { advisories } = parseOsvRecord({
      id: "ALSA-2023:1583",
      summary: "Important: nodejs:18 security update",
      modified: "2023-04-04T00:00:00Z",
      affected: [{ package: { ecosystem: "AlmaLinux:8", name: "nodejs" }, ranges: [{ type: "ECOSYSTEM", events }] }],
    });
    expect(advisories).toMatchObject([{ severity: "high", severitySource: "AlmaLinux", module: "nodejs:18" }]);
  });
});
