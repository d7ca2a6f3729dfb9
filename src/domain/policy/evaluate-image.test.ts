// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type EvaluationInput, evaluate } from "./evaluate.ts";
import { factsNeeded } from "./facts-needed.ts";
import type { CreationFacts, ImageFacts } from "./image-facts.ts";
import { parsePolicyDocuments } from "./parse-policy-documents.ts";
import type { ImageChecks, PolicyDocument } from "./policy-document.ts";
import { child, done, image, index } from "./testdata/scanned-image.ts";
import type { Verdict } from "./verdict.ts";

const NOW = new Date("2026-07-01T00:00:00Z");
const D = `sha256:${"a".repeat(64)}`;

function policy(checks: ImageChecks): readonly PolicyDocument[] {
  return [{ kind: "ClusterImagePolicy", name: "p", repositories: [{ name: "*", policy: checks }] }];
}

function judge(facts: ImageFacts, checks: ImageChecks, rest: Partial<EvaluationInput> = {}): Verdict {
  return evaluate({ reference: "registry.example/app:1", facts, policies: policy(checks), now: NOW, ...rest });
}

/** Outcome and the reasons as `effect CODE`. */
function summary(verdict: Verdict): readonly string[] {
  return [verdict.outcome, ...verdict.reasons.map((reason) => `${reason.effect} ${reason.code}`)];
}

function made(at: string, from: CreationFacts["from"] = "config"): { readonly created: CreationFacts } {
  return { created: { at, from } };
}

describe("image.maxAge", () => {
  const checks = { image: { maxAge: "90d" } } as const;

  it.each<{ readonly name: string; readonly facts: ImageFacts; readonly want: readonly string[] }>([
    {
      name: "refuses an older image",
      facts: image(made("2026-03-01T00:00:00Z")),
      want: ["deny", "deny IMAGE_TOO_OLD"],
    },
    {
      name: "refuses an image of exactly that age",
      facts: image(made("2026-04-02T00:00:00Z")),
      want: ["deny", "deny IMAGE_TOO_OLD"],
    },
    { name: "lets a younger one pass", facts: image(made("2026-04-02T00:00:01Z")), want: ["allow"] },
    { name: "cannot tell without a time", facts: image(), want: ["undecided", "undecided IMAGE_AGE_UNKNOWN"] },
    {
      name: "cannot tell by the epoch",
      facts: image(made("1970-01-01T00:00:00Z")),
      want: ["undecided", "undecided IMAGE_AGE_UNKNOWN"],
    },
    {
      name: "cannot tell by the zero time of Go",
      facts: image(made("0001-01-01T00:00:00Z")),
      want: ["undecided", "undecided IMAGE_AGE_UNKNOWN"],
    },
    {
      name: "cannot tell by the placeholder of buildpacks",
      facts: image(made("1980-01-01T00:00:01Z")),
      want: ["undecided", "undecided IMAGE_AGE_UNKNOWN"],
    },
    {
      name: "cannot tell by a time that is still to come, even of a provenance",
      facts: image(made("2026-07-02T00:00:00Z", "provenance")),
      want: ["undecided", "undecided IMAGE_AGE_UNKNOWN"],
    },
    {
      name: "allows for clocks that differ a little",
      facts: image(made("2026-07-01T00:04:00Z", "push")),
      want: ["allow"],
    },
    {
      name: "cannot tell by what is no time",
      facts: image(made("last week")),
      want: ["undecided", "undecided IMAGE_AGE_UNKNOWN"],
    },
    {
      name: "cannot tell about an image that is not known",
      facts: { kind: "unknown" },
      want: ["undecided", "undecided IMAGE_UNKNOWN"],
    },
    {
      name: "judges each child by its own age",
      facts: index([
        child(made("2026-06-01T00:00:00Z")),
        child({ platform: "linux/arm64", ...made("2026-01-01T00:00:00Z") }),
      ]),
      want: ["deny", "deny IMAGE_TOO_OLD"],
    },
    {
      name: "takes the age of the index where a child has none",
      facts: index([child()], { at: "2026-06-01T00:00:00Z", from: "push" }),
      want: ["allow"],
    },
  ])("$name", ({ facts, want }) => {
    expect(summary(judge(facts, checks))).toEqual(want);
  });

  it("ends when the image gets too old", () => {
    const verdict = judge(image(made("2026-06-01T00:00:00Z")), checks);
    expect(verdict.validUntil).toBe("2026-08-30T00:00:00.000Z");
    const later = judge(image(made("2026-06-01T00:00:00Z")), checks, { now: new Date(verdict.validUntil ?? "") });
    expect(later.outcome).toBe("deny");
  });

  it("names time and source", () => {
    expect(judge(image(made("2026-01-01T00:00:00Z", "push")), checks).reasons).toMatchObject([
      { params: { created: "2026-01-01T00:00:00Z", from: "push", maxAge: "90d" } },
    ]);
  });
});

describe("the name of the image", () => {
  it.each<{ readonly reference: string; readonly image: ImageChecks["image"]; readonly want: readonly string[] }>([
    { reference: "registry.example/app:v1", image: { allowTags: ["v*"] }, want: ["allow"] },
    { reference: "registry.example/app:1", image: { allowTags: ["v*"] }, want: ["deny", "deny TAG_NOT_ALLOWED"] },
    { reference: "registry.example/app", image: { allowTags: ["v*"] }, want: ["deny", "deny TAG_NOT_ALLOWED"] },
    { reference: "registry.example/app", image: { allowTags: ["latest"] }, want: ["allow"] },
    { reference: "registry.example/app:V1", image: { allowTags: ["v*"] }, want: ["deny", "deny TAG_NOT_ALLOWED"] },
    { reference: "registry.example/app:1-release", image: { allowTags: ["v*", "*-release"] }, want: ["allow"] },
    { reference: `registry.example/app@${D}`, image: { allowTags: ["v*"] }, want: ["allow"] },
    // The digest decides what runs.
    { reference: `registry.example/app:latest@${D}`, image: { allowTags: ["v*"] }, want: ["allow"] },
    { reference: "registry.example:5000/app", image: { allowTags: ["5000*"] }, want: ["deny", "deny TAG_NOT_ALLOWED"] },
    { reference: "oci:/some where", image: { allowTags: ["v*"] }, want: ["deny", "deny TAG_NOT_ALLOWED"] },
    { reference: "registry.example/app:v1", image: { requireDigest: true }, want: ["deny", "deny DIGEST_MISSING"] },
    { reference: "registry.example/app", image: { requireDigest: true }, want: ["deny", "deny DIGEST_MISSING"] },
    { reference: `registry.example/app@${D}`, image: { requireDigest: true }, want: ["allow"] },
    { reference: `registry.example/app:v1@${D}`, image: { requireDigest: true }, want: ["allow"] },
    { reference: "registry.example/app:v1", image: { requireDigest: false }, want: ["allow"] },
    { reference: "oci:/some where", image: { requireDigest: true }, want: ["deny", "deny DIGEST_MISSING"] },
  ])("$reference under $image: $want", ({ reference, image: checks, want }) => {
    expect(summary(judge(image(), checks === undefined ? {} : { image: checks }, { reference }))).toEqual(want);
  });

  it("is judged without a look at the image", () => {
    const asked = {
      reference: "registry.example/app:1",
      policies: policy({ image: { allowTags: ["v*"], requireDigest: true } }),
    };
    expect(factsNeeded(asked)).toMatchObject({ digest: false, created: false, config: false, scan: false });
    expect(summary(evaluate({ ...asked, facts: { kind: "unknown" }, now: NOW }))).toEqual([
      "deny",
      "deny TAG_NOT_ALLOWED",
      "deny DIGEST_MISSING",
    ]);
  });
});

describe("configuration.rootUser", () => {
  it.each(["", "0", "root", "0:0", "root:root", "0:1000", "00", "+0", " 0", ":1000"])("%j is root", (user) => {
    const facts = image({ config: { user } });
    expect(summary(judge(facts, { configuration: { rootUser: "deny" } }))).toEqual(["deny", "deny ROOT_USER"]);
    expect(summary(judge(facts, { configuration: { rootUser: "warn" } }))).toEqual(["allow", "warn ROOT_USER"]);
  });

  it.each(["1000", "nobody", "1000:0", "rootless", "10", "65532:65532"])("%j is not", (user) => {
    expect(summary(judge(image({ config: { user } }), { configuration: { rootUser: "deny" } }))).toEqual(["allow"]);
  });

  it("no user at all is root", () => {
    expect(judge(image({ config: {} }), { configuration: { rootUser: "deny" } }).outcome).toBe("deny");
  });

  it.each([
    { rootUser: "deny", want: ["undecided", "undecided CONFIG_UNKNOWN"] },
    { rootUser: "warn", want: ["allow", "warn CONFIG_UNKNOWN"] },
  ] as const)("an unknown configuration under $rootUser: $want", ({ rootUser, want }) => {
    expect(summary(judge(image(), { configuration: { rootUser } }))).toEqual(want);
  });

  it("of an index each child counts", () => {
    const facts = index([child({ config: { user: "1000" } }), child({ platform: "linux/arm64", config: {} })]);
    expect(judge(facts, { configuration: { rootUser: "deny" } }).reasons).toMatchObject([
      { code: "ROOT_USER", platform: "linux/arm64" },
    ]);
  });
});

describe("configuration.packages.deny", () => {
  const checks = { configuration: { packages: { deny: ["openssh-server", "telnet*"] } } } as const;

  it.each<{ readonly name: string; readonly facts: ImageFacts; readonly want: readonly string[] }>([
    {
      name: "a package of that name",
      facts: image({ scan: done({ packages: ["bash", "openssh-server"] }) }),
      want: ["deny", "deny PACKAGE_DENIED"],
    },
    {
      name: "a package that fits a pattern",
      facts: image({ scan: done({ packages: ["telnetd"] }) }),
      want: ["deny", "deny PACKAGE_DENIED"],
    },
    { name: "none of them", facts: image({ scan: done({ packages: ["openssh-client", "bash"] }) }), want: ["allow"] },
    { name: "no scan", facts: image(), want: ["undecided", "undecided SCAN_MISSING"] },
    {
      name: "half a scan",
      facts: image({ scan: done({ status: "partial" }) }),
      want: ["undecided", "undecided SCAN_PARTIAL"],
    },
    {
      name: "an image that hides its packages",
      facts: image({ scan: done({ gaps: [{ code: "PACKAGES_MISSING", distribution: "debian 12" }] }) }),
      want: ["undecided", "undecided PACKAGES_MISSING"],
    },
    {
      name: "no advisories, which this does not need",
      facts: image({ scan: done({ gaps: [{ code: "ADVISORIES_MISSING", ecosystem: "npm" }] }) }),
      want: ["allow"],
    },
  ])("$name: $want", ({ facts, want }) => {
    expect(summary(judge(facts, checks))).toEqual(want);
  });
});

describe("platforms of an index", () => {
  const bad = done({ packages: ["openssh-server"] });
  const good = done();
  const checks = { configuration: { packages: { deny: ["openssh-server"] } } } as const;
  const mixed = index([
    child({ scan: good }),
    child({ platform: "linux/arm64/v8", scan: bad }),
    child({ platform: "windows/amd64", scan: bad }),
  ]);
  const OWN = { platforms: ["linux/amd64"] };

  it.each<{
    readonly name: string;
    readonly facts: ImageFacts;
    readonly checks?: ImageChecks;
    readonly platforms?: readonly string[];
    readonly want: readonly string[];
  }>([
    { name: "all for linux count by default", facts: mixed, want: ["linux/arm64/v8"] },
    { name: "those of the policy count", facts: mixed, checks: OWN, want: [] },
    { name: "those of the nodes count", facts: mixed, platforms: ["linux/amd64"], want: [] },
    {
      name: "a node of arm64 runs v8",
      facts: mixed,
      platforms: ["linux/amd64", "linux/arm64"],
      want: ["linux/arm64/v8"],
    },
    { name: "the policy comes before the nodes", facts: mixed, checks: OWN, platforms: ["linux/arm64"], want: [] },
    { name: "Windows nodes count as well", facts: mixed, platforms: ["windows/amd64"], want: ["windows/amd64"] },
    { name: "no node is known yet", facts: mixed, platforms: [], want: ["linux/arm64/v8"] },
    {
      name: "no child is for the nodes: all for linux",
      facts: mixed,
      platforms: ["linux/s390x"],
      want: ["linux/arm64/v8"],
    },
    {
      name: "no child is for the policy: all",
      facts: mixed,
      checks: { platforms: ["linux/s390x"] },
      want: ["linux/arm64/v8", "windows/amd64"],
    },
    {
      name: "nothing for linux: all",
      facts: index([child({ platform: "windows/amd64", scan: bad })]),
      want: ["windows/amd64"],
    },
    {
      name: "one whose platform nobody knows counts",
      facts: index([child({ platform: "", scan: bad }), child({ scan: good })]),
      platforms: ["linux/amd64"],
      want: [""],
    },
    {
      name: "what was found to be nothing that runs, and is for no platform, does not",
      facts: index([child({ platform: "", scan: { state: "unsupported", mediaType: "x" } }), child({ scan: good })]),
      platforms: ["linux/amd64"],
      want: [],
    },
    {
      name: "a name that only begins the same is another",
      facts: index([child({ platform: "linux/armada", scan: bad }), child({ scan: good })]),
      checks: { platforms: ["linux/arm", "linux/amd64"] },
      want: [],
    },
  ])("$name", ({ facts, checks: more = {}, platforms, want }) => {
    const verdict = judge(facts, { ...checks, ...more }, platforms === undefined ? {} : { platforms });
    const bads = verdict.reasons.filter(({ code }) => code === "PACKAGE_DENIED").map(({ platform }) => platform);
    expect(bads.toSorted()).toEqual(want);
    expect(verdict.outcome).toBe(want.length === 0 ? "allow" : "deny");
  });

  it("do not matter at the registry, which judges each child when it is pulled", () => {
    const verdict = judge(mixed, { ...checks, ...OWN }, { indexRule: "any-child" });
    expect(verdict.outcome).toBe("allow");
    expect(verdict.reasons.map(({ effect, platform }) => `${effect} ${platform}`)).toEqual([
      "warn linux/arm64/v8",
      "warn windows/amd64",
    ]);
  });
});

describe("what is needed", () => {
  it.each<{ readonly checks: ImageChecks; readonly want: object }>([
    { checks: { image: { maxAge: "90d" } }, want: { created: true, config: false, scan: false, digest: true } },
    {
      checks: { configuration: { rootUser: "warn" } },
      want: { created: false, config: true, scan: false, digest: true },
    },
    {
      checks: { configuration: { packages: { deny: ["x"] } } },
      want: { created: false, config: false, scan: true, digest: true },
    },
    { checks: { platforms: ["linux/amd64"] }, want: { created: false, config: false, scan: false, digest: false } },
  ])("for $checks is $want", ({ checks, want }) => {
    expect(factsNeeded({ reference: "r.example/a", policies: policy(checks) })).toMatchObject(want);
  });
});

// What a checklist for clusters asks: "deny when image not scanned OR image older than 90 days".
const UNSCANNED_OR_OLD = `
apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata: {name: scanned-and-young}
spec:
  repositories:
    - name: "*"
      policy:
        scan: {required: true, unsupported: deny}
        image: {maxAge: 90d}
`;

describe("not scanned, or older than 90 days", () => {
  const { documents } = parsePolicyDocuments(UNSCANNED_OR_OLD, "p");
  const young = made("2026-06-01T00:00:00Z", "push");

  it.each<{ readonly name: string; readonly facts: ImageFacts; readonly want: readonly string[] }>([
    { name: "scanned and young", facts: image({ scan: done(), ...young }), want: ["allow"] },
    {
      name: "scanned and old",
      facts: image({ scan: done(), ...made("2026-01-01T00:00:00Z") }),
      want: ["deny", "deny IMAGE_TOO_OLD"],
    },
    { name: "young and not scanned", facts: image(young), want: ["undecided", "undecided SCAN_MISSING"] },
    {
      name: "young and no image at all",
      facts: image({ scan: { state: "unsupported", mediaType: "a/b" }, ...young }),
      want: ["deny", "deny ARTIFACT_UNSUPPORTED"],
    },
    {
      name: "old and not scanned",
      facts: image(made("2026-01-01T00:00:00Z")),
      want: ["deny", "deny IMAGE_TOO_OLD", "undecided SCAN_MISSING"],
    },
  ])("$name: $want", ({ facts, want }) => {
    const verdict = evaluate({ reference: "registry.example/app:1", facts, policies: documents, now: NOW });
    expect(summary(verdict)).toEqual(want);
  });
});
