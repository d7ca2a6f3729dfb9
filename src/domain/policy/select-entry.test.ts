// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PolicyDocument } from "./policy-document.ts";
import { selectEntry } from "./select-entry.ts";

const D = `sha256:${"a".repeat(64)}`;

function cluster(name: string, ...names: readonly string[]): PolicyDocument {
  return { kind: "ClusterImagePolicy", name, repositories: names.map((each) => ({ name: each })) };
}

function ofNamespace(namespace: string, name: string, ...names: readonly string[]): PolicyDocument {
  return { kind: "ImagePolicy", namespace, name, repositories: names.map((each) => ({ name: each })) };
}

function winner(reference: string, ...names: readonly string[]): string {
  const selection = selectEntry({ reference, policies: [cluster("p", ...names)] });
  return selection.state === "selected" ? selection.entry.name : selection.state;
}

/** `portieris`: what Portieris v0.14.2 does with the same two names; where `want` differs, `why` says so. */
const MATCHES: readonly {
  readonly pattern: string;
  readonly image: string;
  readonly want: boolean;
  readonly portieris: boolean;
  readonly why?: string;
}[] = [
  { pattern: "*", image: "anything.example:5000/a/b:c", want: true, portieris: true },
  { pattern: "**", image: "nginx", want: true, portieris: true },
  { pattern: "icr.io/ns/img", image: "icr.io/ns/img", want: true, portieris: true },
  { pattern: "icr.io/ns/img", image: "icr.io/ns/img:v1", want: true, portieris: true },
  { pattern: "icr.io/ns/img", image: `icr.io/ns/img:v1@${D}`, want: true, portieris: true },
  {
    pattern: "icr.io/ns/img",
    image: `icr.io/ns/img@${D}`,
    want: true,
    portieris: false,
    why: "a digest reference matches its repository's entry",
  },
  {
    pattern: "icr.io/ns/img:*",
    image: `icr.io/ns/img@${D}`,
    want: true,
    portieris: false,
    why: "any tag is the repository",
  },
  { pattern: `icr.io/ns/img@${D}`, image: `icr.io/ns/img@${D}`, want: true, portieris: true },
  { pattern: "icr.io/ns/img:v1", image: "icr.io/ns/img:v1", want: true, portieris: true },
  { pattern: "icr.io/ns/img:v1", image: "icr.io/ns/img:v12", want: false, portieris: false },
  { pattern: "icr.io/ns/img:v1", image: `icr.io/ns/img:v1@${D}`, want: false, portieris: false },
  { pattern: "icr.io/ns/img:v1*", image: `icr.io/ns/img:v1@${D}`, want: true, portieris: true },
  { pattern: "icr.io/ns/img", image: "icr.io/ns/img2", want: false, portieris: false },
  { pattern: "icr.io/ns/img", image: "icr.io/ns/img/sub", want: false, portieris: false },
  { pattern: "icr.io/*", image: "icr.io/ns/img:v1", want: true, portieris: true },
  { pattern: "icr.io/ns*", image: "icr.io/nsx/img:v1", want: true, portieris: true },
  { pattern: "icr.io/ns/*", image: "icr.io/nsx/img:v1", want: false, portieris: false },
  { pattern: "icr.io/*/img", image: "icr.io/a/b/img:v1", want: true, portieris: true },
  { pattern: "us.icr.io/*", image: "icr.io/ns/img", want: false, portieris: false },
  { pattern: "*.icr.io/*", image: "us.icr.io/ns/img", want: true, portieris: true },
  { pattern: "*.icr.io/*", image: "icr.io/ns/img", want: false, portieris: false },
  { pattern: "*/ns/*", image: "icr.io/ns/img", want: true, portieris: true },
  { pattern: "icr.io/*", image: "icr.io.evil.com/x", want: false, portieris: false },
  { pattern: "icr.io/*", image: "ICR.io/ns/img", want: true, portieris: false, why: "hosts compare without case" },
  // one image, several spellings
  { pattern: "docker.io/*", image: "nginx", want: true, portieris: false, why: "references are normalised" },
  { pattern: "docker.io/library/nginx", image: "nginx:1.27", want: true, portieris: false, why: "normalised" },
  { pattern: "nginx", image: "docker.io/library/nginx:1.27", want: true, portieris: false, why: "normalised" },
  { pattern: "nginx", image: "nginx:1.27", want: true, portieris: true },
  { pattern: "nginx:latest", image: "nginx", want: true, portieris: false, why: "the implied tag is a tag" },
  { pattern: "docker.io/nginx", image: "docker.io/library/nginx", want: true, portieris: false, why: "normalised" },
  { pattern: "index.docker.io/*", image: "nginx", want: true, portieris: false, why: "normalised" },
  { pattern: "team/*", image: "docker.io/team/app", want: true, portieris: false, why: "normalised" },
  { pattern: "team/*", image: "team/app", want: true, portieris: true },
  { pattern: "*/nginx", image: "docker.io/library/nginx", want: true, portieris: false, why: "docker.io/nginx" },
  { pattern: "*/nginx", image: "docker.io/nginx", want: true, portieris: true },
  { pattern: "nginx*", image: "nginx-unprivileged:1", want: true, portieris: true },
  // host parts end at a label boundary
  { pattern: "icr.io*", image: "icr.io/ns/img:v1", want: true, portieris: true },
  { pattern: "icr.io*", image: "icr.io:443/ns/img", want: true, portieris: true },
  { pattern: "icr.io*", image: "icr.io.evil.com/x", want: false, portieris: true, why: "label boundary" },
  { pattern: "icr.io*", image: "icr.iox/x:1", want: false, portieris: true, why: "label boundary" },
  { pattern: "icr.io*/*", image: "icr.io.evil.com/x", want: false, portieris: true, why: "label boundary" },
  { pattern: "nginx*", image: "nginx.evil.com/pwn", want: false, portieris: true, why: "label boundary" },
  { pattern: "nginx*", image: "nginx/pwn", want: false, portieris: true, why: "another user's repository" },
  { pattern: "icr.io", image: "icr.io:443/ns/img", want: false, portieris: true, why: "a host is not an image" },
  { pattern: "*icr.io/a/*", image: "evilicr.io/a/b", want: false, portieris: true, why: "label boundary" },
  { pattern: "*icr.io/a/*", image: "us.icr.io/a/b", want: true, portieris: true },
  { pattern: "*icr.io/a/*", image: "icr.io/a/b", want: true, portieris: true },
  { pattern: "us*icr.io/*", image: "us.evilicr.io/b", want: false, portieris: true, why: "label boundary" },
  { pattern: "us*icr.io/*", image: "us.south.icr.io/b", want: true, portieris: true },
  {
    pattern: "registry*:5000/*",
    image: "registry.evil.com:5000/x",
    want: false,
    portieris: true,
    why: "label boundary",
  },
  { pattern: "*.icr.io*", image: "evil.com/x.icr.io/y", want: false, portieris: true, why: "host, not path" },
  { pattern: "*icr.io", image: "evil.com/icr.io", want: false, portieris: true, why: "host, not path" },
  { pattern: "*:latest", image: "icr.io/ns/img", want: true, portieris: false, why: "the implied tag is a tag" },
  { pattern: "*-debug", image: "icr.io/ns/img:v1-debug", want: true, portieris: true },
  // ports
  { pattern: "registry/*", image: "registry:5000/x", want: false, portieris: false },
  { pattern: "registry:5000/*", image: "registry:5000/x:1", want: true, portieris: true },
  { pattern: "registry:5000/*", image: "registry:50001/x", want: false, portieris: false },
  { pattern: "registry:5000*", image: "registry:50001/x", want: false, portieris: true, why: "label boundary" },
  { pattern: "registry:*/x", image: "registry:5000/x", want: true, portieris: true },
  { pattern: "registry:*/x", image: "registry.evil:5000/x", want: false, portieris: false },
  { pattern: "[::1]:5000/*", image: "[::1]:5000/x", want: true, portieris: true },
  { pattern: "[::1]/*", image: "[::1]:5000/x", want: false, portieris: false },
  // not a reference at all
  { pattern: "icr.io/*", image: "icr.io/UPPER", want: false, portieris: true, why: "not a reference" },
  { pattern: "*", image: "oci:/some where", want: true, portieris: false, why: "command line locations" },
];

describe("matching a repository name", () => {
  it.each(MATCHES)("$pattern on $image: $want (Portieris: $portieris) $why", ({ pattern, image, want, ...rest }) => {
    expect(winner(image, pattern)).toBe(want ? pattern : "no-match");
    expect(rest.why === undefined).toBe(want === rest.portieris);
  });
});

describe("the winning entry", () => {
  it.each([
    {
      name: "an exact name beats a longer wildcard",
      image: "icr.io/a",
      names: ["icr.io/a*", "icr.io/a"],
      want: "icr.io/a",
    },
    {
      name: "the repository alone is no exact name of a digest",
      image: `icr.io/a@sha256:${"0".repeat(64)}`,
      names: ["icr.io/a@sha256:*", "icr.io/a"],
      want: "icr.io/a@sha256:*",
    },
    { name: "a tag beats its repository", image: "icr.io/a:1", names: ["icr.io/a", "icr.io/a:1"], want: "icr.io/a:1" },
    {
      name: "a wildcard on the tag beats the repository",
      image: "icr.io/a:1-rc",
      names: ["icr.io/a", "icr.io/a:*-rc"],
      want: "icr.io/a:*-rc",
    },
    {
      name: "the longest literal part wins",
      image: "icr.io/a/b",
      names: ["*", "icr.io/*", "icr.io/a/*"],
      want: "icr.io/a/*",
    },
    {
      name: "a name without wildcard beats one of equal length",
      image: "icr.io/a:1",
      names: ["icr.io/a*", "icr.io/a"],
      want: "icr.io/a",
    },
    {
      name: "a short name counts as what it stands for",
      image: "nginx:1",
      names: ["docker.io/*", "nginx*"],
      want: "nginx*",
    },
    {
      name: "what a wildcard takes in does not count: everything of Docker Hub is wider than its official images",
      image: "nginx",
      names: ["docker.io/*", "index.docker.io/*", "*:latest", "docker.io/library/*"],
      want: "docker.io/library/*",
    },
    {
      name: "a tie goes to the first of the list",
      image: "icr.io/ab",
      names: ["icr.io/a*", "icr.io/*b"],
      want: "icr.io/a*",
    },
  ])("$name", ({ image, names, want }) => {
    expect(winner(image, ...names)).toBe(want);
  });

  it("of a tie between objects is that of the first name", () => {
    const policies = [cluster("b", "icr.io/a*"), cluster("a", "icr.io/*b")];
    expect(selectEntry({ reference: "icr.io/ab", policies })).toMatchObject({ document: { name: "a" } });
  });

  it("is the same whatever the spelling of the image", () => {
    const spellings = ["nginx", "nginx:latest", "docker.io/nginx", "library/nginx", "index.docker.io/library/nginx"];
    const names = ["*", "nginx", "nginx*", "docker.io/*", "docker.io/library/*", "library/*", "*/nginx", "*:latest"];
    fc.assert(
      fc.property(fc.subarray(names), (chosen) => {
        expect(new Set(spellings.map((each) => winner(each, ...chosen))).size).toBe(1);
      }),
    );
  });
});

it.each([
  "registry.example/team/app:1",
  "registry.example:443/team/app:1",
  "registry.example:0443/team/app:1",
  "REGISTRY.example:443/team/app:1",
])("nobody escapes a mandatory policy by the port that is meant anyway: %s", (reference) => {
  const lax: PolicyDocument = { kind: "ImagePolicy", name: "lax", namespace: "t", repositories: [{ name: "*" }] };
  for (const name of ["registry.example/team/*", "registry.example:443/team/*"]) {
    const strict: PolicyDocument = {
      kind: "ClusterImagePolicy",
      name: "strict",
      mandatory: true,
      repositories: [{ name }],
    };
    expect(selectEntry({ reference, namespace: "t", policies: [lax, strict] })).toMatchObject({
      mandatory: [{ document: { name: "strict" } }],
    });
    const other = reference.replace(/(?::0?443)?\/team/, ":5000/team");
    expect(selectEntry({ reference: other, namespace: "t", policies: [lax, strict] })).toMatchObject({ mandatory: [] });
  }
});

it("an image of a registry with several names is the same under each", () => {
  const hostAliases = ["registry.example", "10.0.0.1:5000", "localhost:5000"];
  const policies = [cluster("p", "*", "10.0.0.1:5000/*", "registry.example/team/*", "localhost:5000/team/app")];
  for (const host of hostAliases) {
    expect(selectEntry({ reference: `${host}/team/app:1`, policies, hostAliases })).toMatchObject({
      entry: { name: "localhost:5000/team/app" },
    });
    expect(selectEntry({ reference: `${host}/other/app`, policies, hostAliases })).toMatchObject({
      entry: { name: "10.0.0.1:5000/*" },
    });
  }
  expect(selectEntry({ reference: "elsewhere/team/app", policies, hostAliases })).toMatchObject({
    entry: { name: "*" },
  });
});

describe("the level that counts", () => {
  const everywhere = cluster("c", "*");

  it("is the namespace's own when it has any", () => {
    const policies = [everywhere, ofNamespace("team", "own", "icr.io/*")];
    expect(selectEntry({ reference: "quay.io/x", namespace: "team", policies })).toEqual({
      state: "no-match",
      level: "ImagePolicy",
    });
  });

  it("is the cluster's when only other namespaces have one", () => {
    const policies = [everywhere, ofNamespace("other", "own", "icr.io/*")];
    expect(selectEntry({ reference: "quay.io/x", namespace: "team", policies })).toMatchObject({
      document: everywhere,
    });
  });

  it("is the cluster's where there is no namespace", () => {
    const policies = [ofNamespace("other", "own", "*"), everywhere];
    expect(selectEntry({ reference: "quay.io/x", policies })).toMatchObject({ document: everywhere });
  });

  it("with an empty list blocks everything", () => {
    const policies = [everywhere, ofNamespace("team", "own")];
    expect(selectEntry({ reference: "quay.io/x", namespace: "team", policies }).state).toBe("no-match");
  });

  it("is none when there is no policy", () => {
    expect(selectEntry({ reference: "quay.io/x", policies: [ofNamespace("other", "own", "*")] }).state).toBe(
      "no-policy",
    );
  });
});
