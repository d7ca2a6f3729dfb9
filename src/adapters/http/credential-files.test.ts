// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseChallenges } from "./challenge.ts";
import { findCredentials } from "./credential-files.ts";
import { HttpError } from "./errors.ts";

const IMAGE = { registry: "ghcr.io", repository: "team/app" };

function file(auths: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ auths });
}

function auth(text: string): { auth: string } {
  return { auth: Buffer.from(text).toString("base64") };
}

describe("findCredentials", () => {
  it.each([
    { name: "the host", files: [file({ "ghcr.io": auth("u:p") })], want: "u:p" },
    { name: "a URL", files: [file({ "https://ghcr.io/v2/": auth("u:p") })], want: "u:p" },
    { name: "a colon in the password", files: [file({ "ghcr.io": auth("u:p:q") })], want: "u:p:q" },
    {
      name: "the longest key",
      files: [file({ "ghcr.io": auth("a:1"), "ghcr.io/team": auth("b:2"), "ghcr.io/team/app": auth("c:3") })],
      want: "c:3",
    },
    {
      name: "the first file that has any",
      files: [file({}), file({ "ghcr.io": auth("u:p") }), file({ "ghcr.io/team/app": auth("x:y") })],
      want: "u:p",
    },
    { name: "plain fields", files: [file({ "ghcr.io": { username: "u", password: "p" } })], want: "u:p" },
    { name: "another host", files: [file({ "ghcr.io.example": auth("u:p"), "hcr.io": auth("u:p") })], want: undefined },
    { name: "another repository", files: [file({ "ghcr.io/tea": auth("u:p") })], want: undefined },
    { name: "an empty file", files: [""], want: undefined },
    {
      name: "credential helpers, which are not run",
      files: ['{"credsStore":"desktop","auths":{"ghcr.io":{}}}'],
      want: undefined,
    },
  ])("$name", ({ files, want }) => {
    const found = findCredentials(files, IMAGE);
    expect(found === undefined ? undefined : `${found.username}:${found.password}`).toBe(want);
  });

  it("Docker Hub by its old URL", () => {
    const files = [file({ "https://index.docker.io/v1/": auth("u:p") })];
    expect(findCredentials(files, { registry: "docker.io", repository: "library/nginx" })).toEqual({
      username: "u",
      password: "p",
    });
  });

  it.each(["{", "[]", '{"auths":[]}', '{"auths":{"ghcr.io":"secret"}}'])(
    "a malformed file is said, without its content: %s",
    (text) => {
      const error = thrownBy(() => findCredentials([text], IMAGE));
      expect(error).toBeInstanceOf(HttpError);
      expect(error).toMatchObject({ code: "CREDENTIALS_FILE_INVALID" });
      expect(JSON.stringify(error) + String(error)).not.toContain("secret");
      expect(error).not.toHaveProperty("cause");
    },
  );
});

describe("parseChallenges", () => {
  it.each([
    { header: "", want: [] },
    { header: 'Basic realm="r"', want: [{ scheme: "basic", parameters: { realm: "r" } }] },
    {
      header: 'Bearer realm="https://a/t?x=1,2",service=s,scope="a b"',
      want: [{ scheme: "bearer", parameters: { realm: "https://a/t?x=1,2", service: "s", scope: "a b" } }],
    },
    {
      header: 'Negotiate, Basic realm="a \\"b\\""',
      want: [
        { scheme: "negotiate", parameters: {} },
        { scheme: "basic", parameters: { realm: 'a "b"' } },
      ],
    },
    { header: 'Basic realm="open', want: [{ scheme: "basic", parameters: {} }] },
  ])("$header", ({ header, want }) => {
    expect(parseChallenges(header)).toMatchObject(want);
  });

  it("any text ends", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'aB=", \\\t'), maxLength: 200 }),
        (text) => void parseChallenges(text),
      ),
    );
    expect(parseChallenges(`Bearer ${'a="'.repeat(5_000)}`)).toEqual([]);
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
