// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseNotationTrustPolicy } from "./parse-trust-policy.ts";
import { selectStatement } from "./select-statement.ts";

const STATEMENT = {
  name: "images",
  registryScopes: ["registry.example/team/app"],
  signatureVerification: { level: "strict" },
  trustStores: ["ca:acme"],
  trustedIdentities: ["x509.subject: C=US, ST=WA, O=acme"],
};

function document(...statements: readonly unknown[]): string {
  return JSON.stringify({ version: "1.0", trustPolicies: statements });
}

/** `path: message` of each problem; empty when there is none. */
function problemsOf(text: string): readonly string[] {
  const parsed = parseNotationTrustPolicy(text);
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe("parseNotationTrustPolicy", () => {
  it.each<{ name: string; change: Readonly<Record<string, unknown>>; want: RegExp }>([
    {
      name: "an unknown field",
      change: { trustStore: ["ca:acme"] },
      want: /^trustPolicies\[0\]\.trustStore: unknown field/,
    },
    { name: "no name", change: { name: "" }, want: /\.name: expected a name/ },
    { name: "no scope", change: { registryScopes: [] }, want: /registryScopes: expected at least one/ },
    { name: "* beside a scope", change: { registryScopes: ["*", "a.example/b"] }, want: /must be alone/ },
    { name: "a pattern as scope", change: { registryScopes: ["a.example/*"] }, want: /expected a repository/ },
    { name: "a scope without registry", change: { registryScopes: ["nginx"] }, want: /expected a repository/ },
    { name: "a scope with a tag", change: { registryScopes: ["a.example/b:1"] }, want: /expected a repository/ },
    {
      name: "a scope with a scheme",
      change: { registryScopes: ["https://a.example/b"] },
      want: /expected a repository/,
    },
    {
      name: "no verification",
      change: { signatureVerification: undefined },
      want: /signatureVerification\.level: expected strict/,
    },
    {
      name: "an unknown level",
      change: { signatureVerification: { level: "Strict" } },
      want: /expected strict, permissive/,
    },
    {
      name: "a level of the prototype",
      change: { signatureVerification: { level: "constructor" } },
      want: /expected strict, permissive/,
    },
    {
      name: "an unknown check",
      change: { signatureVerification: { level: "strict", override: { integrity: "log" } } },
      want: /override\.integrity: unknown field/,
    },
    {
      name: "a skipped expiry",
      change: { signatureVerification: { level: "strict", override: { expiry: "skip" } } },
      want: /override\.expiry: expected enforce or log/,
    },
    {
      name: "an override that is a list",
      change: { signatureVerification: { level: "strict", override: [] } },
      want: /override: expected an object/,
    },
    {
      name: "an unknown time",
      change: { signatureVerification: { level: "strict", verifyTimestamp: "never" } },
      want: /verifyTimestamp: expected always/,
    },
    { name: "no stores", change: { trustStores: [] }, want: /trustStores: expected at least one/ },
    { name: "an unknown kind of store", change: { trustStores: ["x:acme"] }, want: /expected ca:NAME/ },
    { name: "a store that is a path", change: { trustStores: ["ca:../acme"] }, want: /expected ca:NAME/ },
    { name: "only a store for timestamps", change: { trustStores: ["tsa:time"] }, want: /timestamp authorities only/ },
    {
      name: "no identities",
      change: { trustedIdentities: undefined },
      want: /trustedIdentities: expected at least one/,
    },
    {
      name: "* beside an identity",
      change: { trustedIdentities: ["*", "x509.subject: C=US, ST=WA, O=a"] },
      want: /must be alone/,
    },
    {
      name: "an unknown kind of identity",
      change: { trustedIdentities: ["email:a@b.example"] },
      want: /expected \* or x509\.subject/,
    },
    {
      name: "an identity without O",
      change: { trustedIdentities: ["x509.subject: C=US, ST=WA"] },
      want: /O is missing/,
    },
    {
      name: "a type twice",
      change: { trustedIdentities: ["x509.subject: C=US, ST=WA, O=a, O=b"] },
      want: /O is there twice/,
    },
    {
      name: "a multi-valued part",
      change: { trustedIdentities: ["x509.subject: C=US+ST=WA, O=a"] },
      want: /several values in one part/,
    },
    {
      name: "an unescaped semicolon",
      change: { trustedIdentities: ["x509.subject: C=US, ST=WA, O=a;b"] },
      want: /without '\\'/,
    },
    {
      name: "an empty value",
      change: { trustedIdentities: ["x509.subject: C=US, ST=, O=a"] },
      want: /ST has no value/,
    },
    {
      name: "an unknown type",
      change: { trustedIdentities: ["x509.subject: C=US, ST=WA, O=a, EMAIL=b"] },
      want: /unknown attribute type/,
    },
    {
      name: "no equals sign",
      change: { trustedIdentities: ["x509.subject: C=US, ST=WA, O=a, Inc."] },
      want: /expected TYPE=VALUE/,
    },
    {
      name: "an escape of nothing",
      change: { trustedIdentities: ["x509.subject: C=US, ST=WA, O=a\\z"] },
      want: /escapes nothing/,
    },
    {
      name: "overlapping identities",
      change: { trustedIdentities: ["x509.subject: C=US, ST=WA, O=a, OU=b", "x509.subject: O=a, ST=WA, C=US"] },
      want: /must not overlap/,
    },
    {
      name: "skip with stores",
      change: { signatureVerification: { level: "skip" } },
      want: /level skip verifies nothing/,
    },
    {
      name: "skip for everything",
      change: {
        signatureVerification: { level: "skip" },
        registryScopes: ["*"],
        trustStores: undefined,
        trustedIdentities: undefined,
      },
      want: /must name its repositories/,
    },
    {
      name: "skip with an override",
      change: {
        signatureVerification: { level: "skip", override: { expiry: "log" } },
        trustStores: undefined,
        trustedIdentities: undefined,
      },
      want: /cannot be overridden/,
    },
  ])("refuses $name", ({ change, want }) => {
    expect(problemsOf(document({ ...STATEMENT, ...change })).join("\n")).toMatch(want);
  });

  it.each([
    "",
    "{",
    "[]",
    "null",
    '{"version":"1.0"}',
    '{"version":"1.0","trustPolicies":[]}',
    '{"version":1,"trustPolicies":[{}]}',
  ])("refuses %s", (text) => {
    expect(problemsOf(text)).not.toEqual([]);
  });

  it("refuses another version, a name twice and a scope twice, all at once", () => {
    const text = JSON.stringify({ version: "2.0", trustPolicies: [STATEMENT, STATEMENT] });
    expect(problemsOf(text)).toEqual([
      'version: expected "1.0", found "2.0"',
      'trustPolicies[1].name: "images" is the name of an earlier trust policy',
      'trustPolicies[1].registryScopes: "registry.example/team/app" belongs to an earlier trust policy',
    ]);
  });

  it("refuses a second statement for everything", () => {
    const text = document({ ...STATEMENT, registryScopes: ["*"] }, { ...STATEMENT, name: "b", registryScopes: ["*"] });
    expect(problemsOf(text)).toEqual(['trustPolicies[1].registryScopes: "*" belongs to an earlier trust policy']);
  });

  it("never throws for any JSON", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseNotationTrustPolicy(text).ok).toBe(false);
      }),
    );
  });

  it("takes the examples of the specification", () => {
    const text = document(
      {
        ...STATEMENT,
        registryScopes: ["registry.acme-rockets.io/software/net-monitor", "localhost:5000/a", "[::1]:5000/a/b_c"],
      },
      {
        name: "unsigned",
        registryScopes: ["registry.example/unsigned/net-utils"],
        signatureVerification: { level: "skip" },
      },
      {
        ...STATEMENT,
        name: "expired",
        registryScopes: ["registry.example/legacy/metrics"],
        signatureVerification: {
          level: "strict",
          override: { expiry: "log", revocation: "skip" },
          verifyTimestamp: "afterCertExpiry",
        },
        trustedIdentities: ["*"],
      },
      { ...STATEMENT, name: "all", registryScopes: ["*"], signatureVerification: { level: "audit" } },
    );
    const parsed = parseNotationTrustPolicy(text);
    expect(
      parsed.ok && parsed.policy.statements.map((each) => [each.name, each.enforcement, each.verifyTimestamp]),
    ).toEqual([
      [
        "images",
        { authenticity: "enforce", authenticTimestamp: "enforce", expiry: "enforce", revocation: "enforce" },
        "always",
      ],
      ["unsigned", expect.anything(), "always"],
      [
        "expired",
        { authenticity: "enforce", authenticTimestamp: "enforce", expiry: "log", revocation: "skip" },
        "afterCertExpiry",
      ],
      ["all", { authenticity: "log", authenticTimestamp: "log", expiry: "log", revocation: "log" }, "always"],
    ]);
  });

  it("reads escaped values, S as ST, OIDs by their names, and spaces around parts", () => {
    const identity = "x509.subject: C=US , S=WA, 2.5.4.10=a\\, b\\\\c \\2c\\ec\\95\\88, OU=\\#1, CN=\\ x\\ ";
    const parsed = parseNotationTrustPolicy(document({ ...STATEMENT, trustedIdentities: [identity] }));
    const identities = parsed.ok ? parsed.policy.statements[0]?.trustedIdentities : undefined;
    expect(identities === "*" ? identities : [...(identities?.[0] ?? [])]).toEqual([
      ["C", "US"],
      ["ST", "WA"],
      ["O", "a, b\\c ,안"],
      ["OU", "#1"],
      ["CN", " x "],
    ]);
  });
});

describe("selectStatement", () => {
  const parsed = parseNotationTrustPolicy(
    document(
      { ...STATEMENT, name: "all", registryScopes: ["*"] },
      STATEMENT,
      {
        ...STATEMENT,
        name: "other",
        registryScopes: ["Registry.Example/team"],
      },
      { ...STATEMENT, name: "hub", registryScopes: ["index.docker.io/library/nginx"] },
    ),
  );

  it.each([
    { repository: "registry.example/team/app", want: "images" },
    { repository: "registry.example/team", want: "other" },
    { repository: "docker.io/library/nginx", want: "hub" },
    { repository: "registry.example/team/app/x", want: "all" },
    { repository: "registry.example/team/appx", want: "all" },
    { repository: "other.example/team/app", want: "all" },
  ])("$repository is judged by $want", ({ repository, want }) => {
    expect(parsed.ok && selectStatement(parsed.policy, repository)?.name).toBe(want);
  });

  it("a repository that no statement is for has none", () => {
    const one = parseNotationTrustPolicy(document(STATEMENT));
    expect(one.ok && selectStatement(one.policy, "registry.example/team")).toBeUndefined();
  });
});
