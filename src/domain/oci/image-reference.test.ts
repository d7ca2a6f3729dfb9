// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ImageReference, OciError, parseImageReference, renderImageReference } from "#oci";
import { rounds } from "../../../test/support/rounds.ts";

const SHA256 = `sha256:${"0a".repeat(32)}`;
const SHA512 = `sha512:${"0b".repeat(64)}`;

describe("parseImageReference", () => {
  it.each<{ name: string; text: string; want: Partial<ImageReference> }>([
    {
      name: "a name alone",
      text: "nginx",
      want: { registry: "docker.io", repository: "library/nginx", tag: "latest", isTagImplied: true },
    },
    {
      name: "a name with a tag",
      text: "nginx:1.27",
      want: { repository: "library/nginx", tag: "1.27", isTagImplied: false },
    },
    { name: "a user's repository", text: "team/app", want: { registry: "docker.io", repository: "team/app" } },
    {
      name: "Docker Hub by its old name",
      text: "index.docker.io/nginx",
      want: { registry: "docker.io", repository: "library/nginx" },
    },
    { name: "a host by its dot", text: "ghcr.io/team/app", want: { registry: "ghcr.io", repository: "team/app" } },
    {
      name: "a host by its port",
      text: "registry:5000/app:v1",
      want: { registry: "registry:5000", repository: "app", tag: "v1" },
    },
    { name: "localhost", text: "localhost/app", want: { registry: "localhost", repository: "app" } },
    { name: "an IPv6 address", text: "[::1]:5000/app", want: { registry: "[::1]:5000", repository: "app" } },
    { name: "an IPv6 address without port", text: "[fd00::10]/app:1", want: { registry: "[fd00::10]", tag: "1" } },
    { name: "a host in capitals is the same host", text: "GHCR.IO/team/app", want: { registry: "ghcr.io" } },
    { name: "a single label in capitals stays a host", text: "REG/app", want: { registry: "REG", repository: "app" } },
    { name: "a digest without tag", text: `ghcr.io/app@${SHA256}`, want: { repository: "app", isTagImplied: false } },
    { name: "a tag and a digest", text: `ghcr.io/app:1.0@${SHA512}`, want: { tag: "1.0", digest: SHA512 as never } },
    { name: "separators", text: "a.b/c__d/e---f/g.h_i", want: { repository: "c__d/e---f/g.h_i" } },
    { name: "a tag of 128 characters", text: `app:${"t".repeat(128)}`, want: { tag: "t".repeat(128) } },
  ])("$name", ({ text, want }) => {
    expect(parseImageReference(text)).toMatchObject({ raw: text, ...want });
  });

  it("a digest alone implies no tag", () => {
    expect(parseImageReference(`app@${SHA256}`)).not.toHaveProperty("tag");
  });

  it.each([
    { name: "empty", text: "" },
    { name: "capitals in the repository", text: "team/App" },
    { name: "a capital name without host", text: "Nginx" },
    { name: "white space", text: "nginx " },
    { name: "a line break", text: "nginx\n" },
    { name: "a scheme", text: "https://ghcr.io/app" },
    { name: "an empty tag", text: "nginx:" },
    { name: "a tag of 129 characters", text: `app:${"t".repeat(129)}` },
    { name: "a tag that begins with a dot", text: "app:.1" },
    { name: "an empty digest", text: "app@" },
    { name: "a short digest", text: "app@sha256:abcd" },
    { name: "a digest in capitals", text: `app@${SHA256.toUpperCase()}` },
    { name: "an unknown digest algorithm", text: `app@md5:${"0".repeat(32)}` },
    { name: "two digests", text: `app@${SHA256}@${SHA256}` },
    { name: "parents", text: "ghcr.io/../app" },
    { name: "a leading slash", text: "/app" },
    { name: "a trailing slash", text: "ghcr.io/" },
    { name: "a double slash", text: "ghcr.io//app" },
    { name: "an image id", text: "0a".repeat(32) },
    { name: "a port beyond 65535", text: "host:70000/app" },
    { name: "a port that is no number", text: "host:http/app" },
    { name: "a host that begins with a hyphen", text: "-host.example/app" },
    { name: "user information", text: "user:pw@ghcr.io/app" },
    { name: "a repository of 256 characters", text: `ghcr.io/${"a".repeat(256)}` },
    { name: "far too long", text: "a/".repeat(5_000) },
    { name: "letters that look like ASCII", text: "nginх" },
    { name: "a NUL", text: "nginx\0:1" },
  ])("refuses $name", ({ text }) => {
    expect(() => parseImageReference(text)).toThrow(expect.objectContaining({ code: "REFERENCE_INVALID" }));
  });

  it("parsing what was rendered gives the same reference", () => {
    const component = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const host = fc.constantFrom("docker.io", "ghcr.io", "localhost", "reg:5000", "[::1]:5000", "REG");
    fc.assert(
      fc.property(host, fc.array(component, { minLength: 2, maxLength: 4 }), component, (registry, path, tag) => {
        const text = `${registry}/${path.join("/")}:${tag}`;
        const parsed = parseImageReference(text);
        expect(parseImageReference(renderImageReference(parsed))).toEqual({
          ...parsed,
          raw: renderImageReference(parsed),
        });
      }),
    );
  });

  it("any text is parsed or refused with the code", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."aZ0:/@.-_[]\0 é") }), (text) => {
        try {
          const parsed = parseImageReference(text);
          expect(parseImageReference(renderImageReference(parsed))).toMatchObject({ repository: parsed.repository });
        } catch (error) {
          expect(error).toBeInstanceOf(OciError);
        }
      }),
      { numRuns: rounds({ short: 1_000, long: 100_000 }) },
    );
  });
});
