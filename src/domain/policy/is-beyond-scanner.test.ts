// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate.ts";
import type { ImageFacts } from "./image-facts.ts";
import { isBeyondScanner } from "./is-beyond-scanner.ts";
import type { ImageChecks } from "./policy-document.ts";
import { child, done, image, index } from "./testdata/scanned-image.ts";
import type { Verdict } from "./verdict.ts";

const UNSUPPORTED = { scan: { state: "unsupported", mediaType: "a/b" } } as const;
const PENDING = { scan: { state: "pending" } } as const;
const CHECKED: ImageChecks = { scan: { required: true } };

function judge(facts: ImageFacts, policy: ImageChecks = CHECKED, isRegistry: boolean = false): Verdict {
  return evaluate({
    reference: "registry.example/app:1",
    policies: [{ kind: "ClusterImagePolicy", name: "p", repositories: [{ name: "*", policy }] }],
    facts,
    now: new Date("2026-07-01T00:00:00Z"),
    ...(isRegistry ? { indexRule: "any-child" as const } : {}),
  });
}

describe("what the scanner cannot judge", () => {
  it.each([
    { name: "no image", facts: image(UNSUPPORTED) },
    { name: "no distribution", facts: image({ scan: done({ gaps: [{ code: "DISTRIBUTION_UNKNOWN" }] }) }) },
    {
      name: "another distribution",
      facts: image({ scan: done({ gaps: [{ code: "DISTRIBUTION_UNSUPPORTED", distribution: "x" }] }) }),
    },
    {
      name: "no advisories",
      facts: image({ scan: done({ gaps: [{ code: "ADVISORIES_MISSING", ecosystem: "npm" }] }) }),
    },
    {
      name: "no record of packages",
      facts: image({ scan: done({ gaps: [{ code: "PACKAGES_MISSING", distribution: "x" }] }) }),
    },
  ])("is undecided for good: $name", ({ facts }) => {
    const verdict = judge(facts);
    expect([verdict.outcome, isBeyondScanner(verdict)]).toEqual(["undecided", true]);
  });

  it("is none where the policy says what it means", () => {
    for (const [unsupported, outcome] of [
      ["allow", "allow"],
      ["deny", "deny"],
    ] as const) {
      const verdict = judge(image(UNSUPPORTED), { scan: { required: true, unsupported } });
      expect([verdict.outcome, isBeyondScanner(verdict)]).toEqual([outcome, false]);
    }
  });
});

describe("what is not known yet", () => {
  it.each([
    { name: "a scan that is not finished", facts: image(PENDING) },
    { name: "no scan", facts: image({ scan: { state: "missing" } }) },
    { name: "a scan that failed", facts: image({ scan: { state: "failed", message: "m" } }) },
  ])("may be settled: $name", ({ facts }) => {
    const verdict = judge(facts);
    expect([verdict.outcome, isBeyondScanner(verdict)]).toEqual(["undecided", false]);
  });

  it("is so for an index at the registry as long as one child may still be allowed", () => {
    const amd64 = child({ platform: "linux/amd64", ...UNSUPPORTED });
    const both = index([amd64, child({ platform: "linux/arm64", ...PENDING })]);
    const none = index([amd64, child({ platform: "linux/arm64", ...UNSUPPORTED })]);
    expect([both, none].map((facts) => isBeyondScanner(judge(facts, CHECKED, true), "any-child"))).toEqual([
      false,
      true,
    ]);
    // A node takes any of them.
    expect(isBeyondScanner(judge(both))).toBe(true);
  });
});
