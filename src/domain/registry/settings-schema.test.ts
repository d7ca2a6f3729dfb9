// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRepositoryPrefix, isUnderPrefix, prefixesOf } from "./repository-prefix.ts";
import { parseRepositorySettings, STRICTEST_SETTINGS } from "./settings-schema.ts";

function problemsOf(document: unknown): readonly string[] {
  const parsed = parseRepositorySettings(document);
  return "problems" in parsed ? parsed.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

describe("settings that are refused", () => {
  it.each([
    { name: "no document", document: undefined, at: "" },
    { name: "a list", document: [], at: "" },
    { name: "an unknown field", document: { scanOnpush: true }, at: "" },
    { name: "a text for a switch", document: { scanOnPush: "true" }, at: "scanOnPush" },
    { name: "a severity that nobody knows", document: { preventPullFrom: "unknown" }, at: "preventPullFrom" },
    { name: "a severity in capitals", document: { preventPullFrom: "Critical" }, at: "preventPullFrom" },
    {
      name: "an allowed id without a reason",
      document: { allowedVulnerabilities: [{ id: "CVE-2024-1" }] },
      at: "reason",
    },
    {
      name: "an allowed id with a blank reason",
      document: { allowedVulnerabilities: [{ id: "CVE-2024-1", reason: "  " }] },
      at: "reason",
    },
    { name: "an id with spaces", document: { allowedVulnerabilities: [{ id: "CVE 1", reason: "r" }] }, at: "id" },
    {
      name: "an end that is no time",
      document: { allowedVulnerabilities: [{ id: "CVE-2024-1", reason: "r", until: "tomorrow" }] },
      at: "until",
    },
    { name: "a pattern with a slash", document: { immutableTags: ["a/b"] }, at: "immutableTags[0]" },
    { name: "an empty pattern", document: { protectedTags: [""] }, at: "protectedTags[0]" },
    {
      name: "too many patterns",
      document: { protectedTags: Array.from({ length: 257 }, () => "*") },
      at: "protectedTags",
    },
    { name: "a negative quota", document: { quotaBytes: -1 }, at: "quotaBytes" },
    { name: "a quota that is no whole number", document: { quotaBytes: 1.5 }, at: "quotaBytes" },
    { name: "a retention rule that keeps nothing", document: { retention: [{ tags: ["*"] }] }, at: "retention[0]" },
    {
      name: "credentials instead of their name",
      document: { proxyCache: { registry: "docker.io", credentials: "user:pass" } },
      at: "proxyCache.credentials",
    },
    {
      name: "a registry with a path",
      document: { proxyCache: { registry: "docker.io/library" } },
      at: "proxyCache.registry",
    },
  ])("$name", ({ document, at }) => {
    expect(problemsOf(document).join("\n")).toContain(at);
    expect(problemsOf(document)).not.toEqual([]);
  });

  it("are told, whatever somebody sends", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (document) => {
        expect(Array.isArray(problemsOf(document))).toBe(true);
      }),
    );
  });
});

it("reads everything that may be written", () => {
  const settings = {
    scanOnPush: false,
    preventPullFrom: "critical",
    onlyFixable: true,
    allowList: "own",
    allowedVulnerabilities: [{ id: "CVE-2024-1", reason: "not reachable", until: "2027-01-01T00:00:00Z" }],
    undecided: "deny",
    anonymousPull: true,
    immutableTags: ["v*", "!v0*"],
    protectedTags: ["latest"],
    protectInUse: true,
    retention: [{ tags: ["dev-*"], keepNewest: 5 }],
    quotaBytes: 0,
    proxyCache: { registry: "docker.io", repositoryPrefix: "library", credentials: "registry-upstream/hub" },
  };
  expect(parseRepositorySettings(settings)).toEqual({ settings });
});

it("the strictest settings are valid ones", () => {
  expect(parseRepositorySettings(STRICTEST_SETTINGS)).toEqual({ settings: STRICTEST_SETTINGS });
});

describe("prefixes", () => {
  it.each([
    { prefix: "team", repository: "teamwork", is: false },
    { prefix: "team/app", repository: "team", is: false },
    { prefix: "team", repository: "other/team", is: false },
    { prefix: "team", repository: "team", is: true },
    { prefix: "team", repository: "team/app/web", is: true },
    { prefix: "", repository: "anything", is: true },
  ])("$repository is under “$prefix”: $is", ({ prefix, repository, is }) => {
    expect(isUnderPrefix(prefix, repository)).toBe(is);
    expect(prefixesOf(repository).includes(prefix)).toBe(is);
  });

  it.each(["/", "team/", "/team", "Team", "a//b", "a b", "../etc", "a:1", "*", `${"a".repeat(256)}`])(
    "%s is none",
    (text) => expect(isRepositoryPrefix(text)).toBe(false),
  );
});
