// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseChallenges } from "./challenge.ts";
import { findCredentials, listCredentials } from "./credential-files.ts";
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

  // The key as it stands in the file, and the image that it is or is not for.
  it.each([
    ["ghcr.io", "ghcr.io/team/app", true],
    ["GHCR.io", "ghcr.io/team/app", true],
    ["ghcr.io/", "ghcr.io/team/app", true],
    ["https://ghcr.io", "ghcr.io/team/app", true],
    ["http://ghcr.io/", "ghcr.io/team/app", true],
    ["https://ghcr.io/v1/", "ghcr.io/team/app", true],
    ["https://ghcr.io/v2", "ghcr.io/team/app", true],
    ["https://ghcr.io:443/v2/", "ghcr.io/team/app", true],
    ["ghcr.io:443", "ghcr.io/team/app", true],
    ["ghcr.io:5000", "ghcr.io/team/app", false],
    ["reg.example:5000", "reg.example:5000/app", true],
    ["https://reg.example:5000/v2/", "reg.example:5000/app", true],
    ["reg.example", "reg.example:5000/app", false],
    ["ghcr.io/team", "ghcr.io/team/app", true],
    ["https://ghcr.io/team/", "ghcr.io/team/app", true],
    ["https://ghcr.io/v2/team", "ghcr.io/team/app", true],
    ["ghcr.io/team/app", "ghcr.io/team/app", true],
    ["ghcr.io/tea", "ghcr.io/team/app", false],
    ["ghcr.io/team/app/more", "ghcr.io/team/app", false],
    ["ghcr.io.evil.example", "ghcr.io/team/app", false],
    ["https://index.docker.io/v1/", "docker.io/library/nginx", true],
    ["https://index.docker.io/v2/", "docker.io/library/nginx", true],
    ["index.docker.io", "docker.io/library/nginx", true],
    ["registry-1.docker.io", "docker.io/library/nginx", true],
    ["docker.io", "docker.io/library/nginx", true],
    ["https://index.docker.io/v1/access-token", "docker.io/library/nginx", false],
    ["*.azurecr.io", "team.azurecr.io/app", true],
    ["https://*.azurecr.io", "team.azurecr.io/app", true],
    ["*.azurecr.io/app", "team.azurecr.io/app/x", true],
    ["prod-*.azurecr.io", "prod-eu.azurecr.io/app", true],
    ["*.azurecr.io", "a.b.azurecr.io/app", false],
    ["*.azurecr.io", "azurecr.io/app", false],
    ["*", "ghcr.io/team/app", false],
    ["*.io", "ghcr.io/team/app", true],
    ["*.io", "ghcr.io:5000/team/app", false],
    ["*.azurecr.io", "team.azurecr.io.evil.example/app", false],
    ["[::1]:5000", "[::1]:5000/app", true],
  ] as const)("the key %s and the image %s: %s", (key, name, fits) => {
    const [registry = "", ...path] = name.split("/");
    const image = { registry, repository: path.join("/") };
    const want = fits ? { username: "u", password: "p" } : undefined;
    expect(findCredentials([file({ [key]: auth("u:p") })], image)).toEqual(want);
    // the older file has the registries at the top
    expect(findCredentials([JSON.stringify({ [key]: auth("u:p") })], image)).toEqual(want);
    expect(listCredentials([file({ [key]: auth("u:p") })], image)).toEqual(fits ? [want] : []);
  });

  it.each([
    { name: "padded", entry: { auth: "dTpwYXM=" }, want: "u:pas" },
    { name: "not padded", entry: { auth: "dTpwYXM" }, want: "u:pas" },
    { name: "with a NUL at the end, as docker once wrote it", entry: auth("u:p\0"), want: "u:p" },
    { name: "over the plain fields", entry: { ...auth("u:p"), username: "x", password: "y" }, want: "u:p" },
    { name: "that holds no colon", entry: { auth: "dXNlcg==", username: "x", password: "y" }, want: "x:y" },
    { name: "an e-mail address beside it", entry: { ...auth("u:p"), email: "a@b" }, want: "u:p" },
  ])("auth $name", ({ entry, want }) => {
    const found = findCredentials([file({ "ghcr.io": entry })], IMAGE);
    expect(found === undefined ? undefined : `${found.username}:${found.password}`).toBe(want);
  });

  it("an identity token is for the token server", () => {
    const entry = { ...auth("00000000-0000-0000-0000-000000000000:"), identitytoken: "refresh" };
    expect(findCredentials([file({ "ghcr.io": entry })], IMAGE)).toMatchObject({ identityToken: "refresh" });
  });

  it("other parts of docker's file are no registries", () => {
    const text = '{"HttpHeaders":{"User-Agent":"docker"},"credHelpers":{"ghcr.io":"x"},"psFormat":"table"}';
    expect(findCredentials([text], IMAGE)).toBeUndefined();
  });

  it("all that fit are listed once, the longest key of each file first, and a broken file does not matter", () => {
    const files = [
      "{",
      file({ "ghcr.io": auth("a:1"), "ghcr.io/team": auth("b:2"), "*.io": auth("c:3"), "quay.io": auth("x:9") }),
      file({ "https://ghcr.io": auth("a:1"), "ghcr.io/team/app": auth("d:4") }),
    ];
    expect(listCredentials(files, IMAGE).map((each) => each.username)).toEqual(["b", "a", "c", "d"]);
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
