// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { TrustHttp, TrustRequest } from "#signatures";
import { fetchGithubIdentityToken, parseIdentityToken } from "./identity-token.ts";

const NOW = new Date("2026-11-22T08:00:00Z");

function tokenOf(claims: unknown): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;
}

describe("parseIdentityToken", () => {
  it.each([
    { name: "nothing", text: "" },
    { name: "a word", text: "secret-word" },
    { name: "two parts", text: "e30.e30" },
    { name: "claims that are no JSON", text: "e30.c2VjcmV0LXdvcmQ.c2ln" },
    { name: "nobody", text: tokenOf({ exp: 9e9 }) },
    {
      name: "an address that was not verified",
      text: tokenOf({ email: "a@secret-word", email_verified: false, sub: "1" }),
    },
    { name: "one that has ended", text: tokenOf({ sub: "secret-word", exp: NOW.getTime() / 1000 }) },
    { name: "too long", text: tokenOf({ sub: "x".repeat(70_000) }) },
  ])("$name is refused, and not quoted", ({ text }) => {
    const caught = catchError(() => parseIdentityToken(text, NOW));
    expect(caught).toMatchObject({ code: "IDENTITY_TOKEN_INVALID" });
    expect(String(caught)).not.toContain("secret-word");
  });

  it("white space around it goes away", () => {
    const token = tokenOf({ sub: "me", exp: NOW.getTime() / 1000 + 60 });
    expect(parseIdentityToken(`${token}\n`, NOW)).toBe(token);
  });
});

describe("fetchGithubIdentityToken", () => {
  const ambient = { url: "https://actions.test/token?api-version=2", requestToken: "request-token" };
  function http(status: number, body: string, seen: [URL, TrustRequest][] = []): TrustHttp {
    return {
      send: (url, request) => {
        seen.push([url, request]);
        return Promise.resolve({ status, headers: {}, bytes: Buffer.from(body) });
      },
    };
  }

  it.each([
    { name: "a refusal", status: 403, body: '{"value":"t"}' },
    { name: "no JSON", status: 200, body: "<html>" },
    { name: "no token", status: 200, body: "{}" },
  ])("$name is no token", async ({ status, body }) => {
    await expect(fetchGithubIdentityToken(http(status, body), ambient, { audience: "sigstore" })).rejects.toMatchObject(
      {
        code: "IDENTITY_TOKEN_INVALID",
      },
    );
  });

  it("asks for the audience with the token of the job", async () => {
    const seen: [URL, TrustRequest][] = [];
    const token = await fetchGithubIdentityToken(http(200, '{"value":"t"}', seen), ambient, { audience: "sigstore" });
    expect(token).toBe("t");
    expect(seen[0]?.[0].href).toBe("https://actions.test/token?api-version=2&audience=sigstore");
    expect(seen[0]?.[1]).toMatchObject({ headers: { authorization: "Bearer request-token" }, origin: "operator" });
  });
});

function catchError(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
