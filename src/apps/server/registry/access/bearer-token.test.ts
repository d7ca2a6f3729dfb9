// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { accessOfClaims, BearerTokens, type TokenClaims } from "./bearer-token.ts";

const NOW = 1_800_000_000;
const KEY = new Uint8Array(32).fill(1);
const CLAIMS: TokenClaims = {
  audience: "haechi-registry",
  actor: "alice",
  isAnonymous: false,
  accountId: "1",
  credential: "key:1",
  isCatalog: false,
  repositories: [["team/app", ["pull"]]],
  issuedAt: NOW,
  expiresAt: NOW + 300,
};

describe("a token", () => {
  it("grants what it says and nothing else", () => {
    const claims = tokensAt(NOW).verify(tokensAt(NOW).issue(CLAIMS)) ?? CLAIMS;
    const access = accessOfClaims(claims, { account: { role: "ADMIN", grants: [] } });
    expect(access.actor).toBe("alice");
    expect(access.allows("pull", "team/app")).toBe(true);
    expect(access.allows("push", "team/app")).toBe(false);
    expect(access.couldAllow("push", "team/app")).toBe(true);
    expect(access.allows("inspect", "team/app")).toBe(false);
    expect(access.allows("delete", "team/app")).toBe(false);
    expect(access.allows("pull", "team/other")).toBe(false);
    expect(access.mayListRepositories).toBe(false);
  });

  it.each([
    { name: "whose account lost the role", account: { role: "PERMISSION", grants: [] } },
    {
      name: "whose account has roles elsewhere",
      account: { role: "VIEWER", grants: [{ prefix: "other", role: "ADMIN" }] },
    },
  ] as const)("$name grants nothing any more", ({ account }) => {
    const access = accessOfClaims({ ...CLAIMS, repositories: [["team/app", ["pull", "push"]]] }, { account });
    expect(access.allows("pull", "team/app")).toBe(false);
    expect(access.couldAllow("pull", "team/app")).toBe(false);
  });

  it("of nobody reads what may be read without an account at this moment", () => {
    const claims = { ...CLAIMS, isAnonymous: true };
    const open = accessOfClaims(claims, { anonymousPull: () => true });
    expect(open.allows("pull", "team/app")).toBe(true);
    expect(open.couldAllow("pull", "team/app")).toBe(false);
    expect(accessOfClaims(claims, { anonymousPull: () => false }).allows("pull", "team/app")).toBe(false);
  });

  it.each([
    { name: "is valid to its last second", claims: {}, at: NOW + 299, want: true },
    { name: "expires", claims: {}, at: NOW + 300, want: false },
    { name: "from a clock a little ahead is valid", claims: {}, at: NOW - 30, want: true },
    { name: "from the future is not", claims: {}, at: NOW - 31, want: false },
    { name: "for another service is not", claims: { audience: "other" }, at: NOW, want: false },
    { name: "of this process is valid", claims: { processId: "this" }, at: NOW, want: true },
    { name: "of another process is not", claims: { processId: "other" }, at: NOW, want: false },
  ])("$name", ({ claims, at, want }) => {
    const token = tokensAt(NOW).issue({ ...CLAIMS, ...claims });
    expect(tokensAt(at).verify(token) !== undefined).toBe(want);
  });

  it("expires also when it was verified before", () => {
    let now = NOW;
    const tokens = new BearerTokens({ key: KEY, clock: { now: () => new Date(now * 1_000) }, processId: "this" });
    const token = tokens.issue(CLAIMS);
    expect(tokens.verify(token)).toBeDefined();
    now += 300;
    expect(tokens.verify(token)).toBeUndefined();
  });

  it("names every repository with a star only when this process made it for itself", () => {
    const everywhere: TokenClaims = { ...CLAIMS, repositories: [["*", ["pull", "inspect"]]] };
    const tokens = tokensAt(NOW);
    function accessOf(claims: TokenClaims): ReturnType<typeof accessOfClaims> {
      return accessOfClaims(tokens.verify(tokens.issue(claims)) ?? CLAIMS, undefined);
    }
    expect(accessOf(everywhere).allows("pull", "team/app")).toBe(false);
    const own = accessOf({ ...everywhere, processId: "this" });
    expect(own.allows("inspect", "team/app")).toBe(true);
    expect(own.allows("push", "team/app")).toBe(false);
  });

  it.each([
    { name: "an empty text", change: () => "" },
    { name: "another key", change: (token: string) => withKey(token) },
    { name: "a changed payload", change: (token: string) => withActor(token, "admin") },
    { name: "no MAC", change: (token: string) => token.split(".").slice(0, 2).join(".") },
    { name: "an empty MAC", change: (token: string) => `${token.split(".").slice(0, 2).join(".")}.` },
    { name: "a shortened MAC", change: (token: string) => token.slice(0, -4) },
    { name: "something appended", change: (token: string) => `${token}.x` },
    { name: "another prefix", change: (token: string) => token.replace("haechi1", "haechi2") },
    { name: "a token of a JWT library without signature", change: () => "eyJhbGciOiJub25lIn0.e30." },
    { name: "claims of another version", change: (token: string) => signed({ ...CLAIMS, role: "ADMIN" }, token) },
    { name: "a huge text", change: (token: string) => token + "A".repeat(100_000) },
  ])("with $name is refused", ({ change }) => {
    const tokens = tokensAt(NOW);
    expect(tokens.verify(change(tokens.issue(CLAIMS)))).toBeUndefined();
  });
});

function tokensAt(seconds: number, key: Uint8Array = KEY): BearerTokens {
  return new BearerTokens({ key, clock: { now: () => new Date(seconds * 1_000) }, processId: "this" });
}

function withKey(_: string): string {
  return tokensAt(NOW, new Uint8Array(32).fill(2)).issue(CLAIMS);
}

function withActor(token: string, actor: string): string {
  const [prefix = "", payload = "", mac = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  return [prefix, Buffer.from(JSON.stringify({ ...claims, actor })).toString("base64url"), mac].join(".");
}

/** Right MAC, other claims: what an earlier version of this program made. */
function signed(claims: object, _: string): string {
  return tokensAt(NOW).issue(claims as TokenClaims);
}
