// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { policyDigest } from "./policy-digest.ts";
import { parseVerdictPredicate, toVerdictPredicate, type VerdictPredicate } from "./verdict-predicate.ts";

const DIGEST = digestOf("image");
const VERDICT: VerdictPredicate = {
  image: { digest: DIGEST, reference: "registry.test/app" },
  outcome: "allow",
  mode: "enforce",
  reasons: [{ code: "VULNERABILITY", effect: "warn", params: { id: "CVE-2026-0001", severity: "low" } }],
  policy: { digest: digestOf("policy"), kind: "ClusterImagePolicy", name: "default", repository: "*" },
  advisories: { digest: digestOf("database"), date: "2026-11-20T06:00:00Z" },
  evaluatedAt: "2026-11-22T08:00:00.000Z",
  isComplete: true,
  scanner: { name: "haechi", version: "0.1.0" },
};

describe("parseVerdictPredicate", () => {
  it.each<{ name: string; predicate: unknown }>([
    { name: "nothing", predicate: undefined },
    { name: "another image", predicate: { ...VERDICT, image: { ...VERDICT.image, digest: digestOf("other") } } },
    { name: "an outcome that does not exist", predicate: { ...VERDICT, outcome: "Allow" } },
    { name: "no policy digest", predicate: { ...VERDICT, policy: { name: "default" } } },
    { name: "no database digest", predicate: { ...VERDICT, advisories: { date: "2026-11-20T06:00:00Z" } } },
    { name: "a time without a zone", predicate: { ...VERDICT, evaluatedAt: "2026-11-22T08:00:00" } },
    { name: "a key that we do not know", predicate: { ...VERDICT, override: true } },
    {
      name: "an allow with a reason against it",
      predicate: { ...VERDICT, reasons: [{ code: "VULNERABILITY", effect: "deny", params: {} }] },
    },
    {
      name: "too many reasons",
      predicate: { ...VERDICT, reasons: Array.from({ length: 1001 }, () => VERDICT.reasons[0]) },
    },
  ])("$name is no verdict", ({ predicate }) => {
    expect(() => parseVerdictPredicate(predicate, DIGEST)).toThrow(
      expect.objectContaining({ code: "PREDICATE_INVALID" }),
    );
  });

  it("reads what we write", () => {
    const written: unknown = JSON.parse(JSON.stringify(toVerdictPredicate(VERDICT)));
    expect(parseVerdictPredicate(written, DIGEST)).toEqual(VERDICT);
  });

  it("throws nothing else", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (predicate) => {
        expect(() => parseVerdictPredicate(predicate, DIGEST)).toThrow(
          expect.objectContaining({ code: "PREDICATE_INVALID" }),
        );
      }),
    );
  });
});

describe("policyDigest", () => {
  it("depends on content and order, not on the order of keys", () => {
    const a = { kind: "A", list: [1, 2] };
    const b = { kind: "B" };
    expect(policyDigest([{ list: [1, 2], kind: "A" }, b])).toBe(policyDigest([a, b]));
    expect(policyDigest([b, a])).not.toBe(policyDigest([a, b]));
    expect(policyDigest([{ ...a, list: [2, 1] }, b])).not.toBe(policyDigest([a, b]));
  });
});
