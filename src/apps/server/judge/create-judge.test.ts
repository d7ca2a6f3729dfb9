// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { type Digest, digestOf, LIMITS } from "#base";
import type { Database, ManifestRecord, ScanRecord, ServerEvent } from "#database";
import type { ScanReport } from "#findings";
import { OCI_INDEX, OCI_MANIFEST, renderImageReference } from "#oci";
import { createPolicySet, DEFAULT_REGISTRY_POLICIES, type ImageChecks, type PolicyDocument } from "#policy";
import { gatePolicies, ScriptedVerifier } from "../../../../test/support/scripted-verifier.ts";
import type { PolicySource } from "../context.ts";
import { fixedPolicies } from "../read-gate-policies.ts";
import { createJudge, type DisposableJudge } from "./create-judge.ts";

const REFERENCE = "registry.example/team/app:1";
const ADVISORIES = { digest: "d", date: "2026-06-01", advisories: 1, isBundled: true, ecosystems: {} };

function report(digest: Digest, status: "complete" | "partial" = "complete"): ScanReport {
  return {
    image: {
      digest,
      mediaType: OCI_MANIFEST,
      platform: { os: "linux", architecture: "amd64" },
      sizeBytes: 1,
      layers: [],
    },
    inventory: { status, packages: [], problems: [], analyzers: {} },
    findings: [],
    coverageGaps: [],
    database: ADVISORIES,
  };
}

/** The stores that a judge reads, in memory; `events` reach it at once. */
class Stores {
  readonly manifests = new Map<string, ManifestRecord>();
  readonly records = new Map<Digest, ScanRecord>();
  readonly contents = new Map<Digest, Uint8Array>();
  readonly subscribers = new Set<{
    readonly onEvent: (event: ServerEvent) => void;
    readonly onGap: (() => void) | undefined;
  }>();
  readonly verifier = new ScriptedVerifier();
  nowMs = Date.parse("2026-07-01T00:00:00Z");
  lookUps = 0;
  #metrics = new Registry();
  /** What `findMany` waits for. */
  hold: Promise<void> = Promise.resolve();

  readonly blobs = {
    read: (digest: Digest): Promise<Uint8Array | undefined> => Promise.resolve(this.contents.get(digest)),
  };

  database(): Pick<Database, "registry" | "scans" | "events"> {
    const registry = {
      findManifest: (repository: string, { digest }: { readonly digest: Digest }) => {
        this.lookUps += 1;
        return Promise.resolve(this.manifests.get(`${repository}@${digest}`));
      },
      findReferencing: (repository: string, digest: Digest) =>
        Promise.resolve(
          [...this.manifests.values()].filter(
            (record) => record.repository === repository && record.references.some((each) => each.digest === digest),
          ),
        ),
    };
    const scans = {
      findMany: async (digests: readonly Digest[]) => {
        const found = digests.flatMap((digest): [Digest, ScanRecord][] => {
          const record = this.records.get(digest);
          return record === undefined ? [] : [[digest, record]];
        });
        await this.hold;
        return new Map(found);
      },
    };
    const events = {
      subscribe: (onEvent: (event: ServerEvent) => void, onGap?: () => void) => {
        const subscriber = { onEvent, onGap };
        this.subscribers.add(subscriber);
        return () => void this.subscribers.delete(subscriber);
      },
    };
    return { registry, scans, events } as unknown as Pick<Database, "registry" | "scans" | "events">;
  }

  judge(policies: readonly PolicyDocument[] = DEFAULT_REGISTRY_POLICIES): DisposableJudge {
    return this.judgeBy(gatePolicies(policies));
  }

  /** Verdicts that the last judge made, and did not find. */
  async made(): Promise<number> {
    const counter = (await this.#metrics.getSingleMetric("haechi_judge_verdicts_total")?.get())?.values ?? [];
    return counter.find(({ labels }) => labels["source"] === "made")?.value ?? 0;
  }

  judgeBy(policies: PolicySource): DisposableJudge {
    this.#metrics = new Registry();
    return createJudge({
      database: this.database(),
      blobs: this.blobs,
      policies,
      verifier: this.verifier,
      advisories: ADVISORIES,
      clock: { now: () => new Date(this.nowMs) },
      telemetry: { log: pino({ level: "silent" }), metrics: this.#metrics },
      registryNames: ["registry.example", "127.0.0.1:5000"],
    });
  }

  push(name: string, changes: Partial<ManifestRecord> = {}): Digest {
    const digest = digestOf(name);
    this.manifests.set(`team/app@${digest}`, {
      repository: "team/app",
      digest,
      mediaType: OCI_MANIFEST,
      kind: "image",
      sizeBytes: 1,
      references: [],
      pushedBy: "a",
      pushedAt: "2026-06-30T00:00:00Z",
      platform: "linux/amd64",
      ...changes,
    });
    return digest;
  }

  pushIndex(
    children: readonly { readonly digest: Digest; readonly platform?: { os: string; architecture: string } }[],
  ): Digest {
    const manifests = children.map((child) => ({ mediaType: OCI_MANIFEST, size: 1, ...child }));
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
    const digest = digestOf(bytes);
    this.contents.set(digest, bytes);
    this.manifests.set(`team/app@${digest}`, {
      ...({ repository: "team/app", digest, mediaType: OCI_INDEX, kind: "index", sizeBytes: 1 } as const),
      references: children.map((child) => ({ digest: child.digest, kind: "manifest" as const, sizeBytes: 1 })),
      pushedBy: "a",
      pushedAt: "2026-06-30T00:00:00Z",
    });
    return digest;
  }

  scan(digest: Digest, state: ScanRecord["state"], status: "complete" | "partial" = "complete"): void {
    const common = { digest, state, attempts: 1, requestedAt: "2026-06-30T00:00:00Z" };
    this.records.set(
      digest,
      state === "done" ? { ...common, report: report(digest, status), finishedAt: "2026-06-30T00:00:01Z" } : common,
    );
  }

  /** A rescan was asked for: the earlier report stays until the new one is there. */
  scanAgain(digest: Digest, state: "pending" | "running"): void {
    const known = this.records.get(digest);
    if (known !== undefined) {
      this.records.set(digest, { ...known, state });
    }
  }

  /** Something was pushed that is about the image. */
  attach(subject: Digest): void {
    for (const { onEvent } of this.subscribers) {
      onEvent({ type: "image-pushed", repository: "team/app", digest: digestOf("signature"), subject });
    }
  }

  tell(digest: Digest): void {
    for (const { onEvent } of this.subscribers) {
      onEvent({ type: "scan-changed", digest, state: "done" });
    }
  }
}

async function outcome(judge: DisposableJudge, digest: Digest, rest: object = {}): Promise<readonly string[]> {
  const { verdict } = await judge.judge({ reference: REFERENCE, repository: "team/app", digest, ...rest });
  return [verdict.outcome, ...verdict.reasons.map((reason) => reason.code)];
}

const AMD64 = { os: "linux", architecture: "amd64" };
const ARM64 = { os: "linux", architecture: "arm64" };
const NOWHERE = { os: "unknown", architecture: "unknown" };

describe("the facts of", () => {
  it.each<{ readonly name: string; readonly prepare: (stores: Stores) => Digest; readonly want: readonly string[] }>([
    { name: "an image that is not there", prepare: () => digestOf("x"), want: ["undecided", "IMAGE_UNKNOWN"] },
    { name: "an image without scan", prepare: (stores) => stores.push("a"), want: ["undecided", "SCAN_MISSING"] },
    {
      name: "an artifact",
      prepare: (stores) => stores.push("a", { kind: "artifact", artifactType: "a/b" }),
      want: ["undecided", "ARTIFACT_UNSUPPORTED"],
    },
    ...(
      [
        ["pending", ["undecided", "SCAN_PENDING"]],
        ["running", ["undecided", "SCAN_PENDING"]],
        ["failed", ["undecided", "SCAN_FAILED"]],
        ["unsupported", ["undecided", "ARTIFACT_UNSUPPORTED"]],
        ["done", ["allow"]],
      ] as const
    ).map(([state, want]) => ({
      name: `a scan that is ${state}`,
      prepare: (stores: Stores) => {
        const digest = stores.push("a");
        stores.scan(digest, state);
        return digest;
      },
      want,
    })),
    ...(["pending", "running"] as const).map((state) => ({
      name: `a rescan that is ${state} are those of the earlier scan`,
      prepare: (stores: Stores) => {
        const digest = stores.push("a");
        stores.scan(digest, "done");
        stores.scanAgain(digest, state);
        return digest;
      },
      want: ["allow"],
    })),
    {
      name: "an index leave out what runs nowhere",
      prepare: (stores) => {
        const digest = stores.push("a");
        stores.scan(digest, "done");
        const attestation = stores.push("attestation", { platform: "unknown/unknown" });
        return stores.pushIndex([
          { digest, platform: AMD64 },
          { digest: attestation, platform: NOWHERE },
        ]);
      },
      want: ["allow"],
    },
    {
      name: "an index keep a child that says of itself that it runs nowhere",
      prepare: (stores) => {
        const digest = stores.push("a");
        stores.scan(digest, "done");
        const hidden = stores.push("hidden", { platform: "unknown/unknown" });
        return stores.pushIndex([
          { digest, platform: AMD64 },
          { digest: hidden, platform: ARM64 },
        ]);
      },
      want: ["undecided", "SCAN_MISSING"],
    },
    {
      name: "an index with a child that was not pushed",
      prepare: (stores) => stores.pushIndex([{ digest: digestOf("absent") }]),
      want: ["undecided", "SCAN_MISSING"],
    },
    {
      name: "an index in an index",
      prepare: (stores) => {
        const digest = stores.push("a");
        stores.scan(digest, "done", "partial");
        return stores.pushIndex([{ digest: stores.pushIndex([{ digest, platform: AMD64 }]) }]);
      },
      want: ["undecided", "SCAN_PARTIAL"],
    },
    {
      name: "an index that goes too deep",
      prepare: (stores) => {
        let digest = stores.push("a");
        stores.scan(digest, "done");
        for (let depth = 0; depth < 10; depth += 1) {
          digest = stores.pushIndex([{ digest }]);
        }
        return digest;
      },
      want: ["undecided", "SCAN_MISSING"],
    },
    {
      name: "a bad image behind more good ones than are looked through",
      prepare: (stores) => {
        function pushGood(name: string): { digest: Digest } {
          const digest = stores.push(name);
          stores.scan(digest, "done");
          return { digest };
        }
        const bad = stores.push("bad");
        stores.scan(bad, "done", "partial");
        const good = Array.from({ length: LIMITS.maxDescriptors - 1 }, (_, index) => pushGood(`good ${index}`));
        const nested = stores.pushIndex([pushGood("last good"), { digest: bad }]);
        return stores.pushIndex([...good, { digest: nested }]);
      },
      want: ["undecided", "SCAN_MISSING"],
    },
    {
      name: "an index that names one index often",
      prepare: (stores) => {
        const digest = stores.push("a");
        stores.scan(digest, "done");
        const nested = stores.pushIndex([{ digest }]);
        return stores.pushIndex(Array.from({ length: LIMITS.maxDescriptors }, () => ({ digest: nested })));
      },
      want: ["allow"],
    },
    { name: "an index of nothing", prepare: (stores) => stores.pushIndex([]), want: ["deny", "NO_PLATFORM_ALLOWED"] },
  ])("$name", async ({ prepare, want }) => {
    const stores = new Stores();
    const digest = prepare(stores);
    using judge = stores.judge();
    expect(await outcome(judge, digest)).toEqual(want);
  });

  it("an image that is let through unchecked are not looked up", async () => {
    const stores = new Stores();
    using judge = stores.judge([{ kind: "ClusterImagePolicy", name: "p", repositories: [{ name: "*" }] }]);
    expect(await outcome(judge, digestOf("x"))).toEqual(["allow"]);
    expect(stores.lookUps).toBe(0);
  });

  it("an index follow the rule that is asked for", async () => {
    const stores = new Stores();
    const [good, pending] = [stores.push("a"), stores.push("b")];
    stores.scan(good, "done");
    stores.scan(pending, "pending");
    const index = stores.pushIndex([
      { digest: good, platform: AMD64 },
      { digest: pending, platform: ARM64 },
    ]);
    using judge = stores.judge();
    expect(await outcome(judge, index, { indexRule: "any-child" })).toEqual(["allow", "SCAN_PENDING"]);
    expect(await outcome(judge, index)).toEqual(["undecided", "SCAN_PENDING"]);
  });
});

it("matches policies by any name of our registry", async () => {
  const stores = new Stores();
  const digest = stores.push("a");
  const policies: readonly PolicyDocument[] = [
    {
      kind: "ClusterImagePolicy",
      name: "p",
      repositories: [{ name: "*" }, { name: "registry.example/*", policy: { scan: { required: true } } }],
    },
  ];
  using judge = stores.judge(policies);
  expect(await outcome(judge, digest, { reference: "127.0.0.1:5000/team/app:1" })).toEqual([
    "undecided",
    "SCAN_MISSING",
  ]);
});

describe("the cache", () => {
  it("answers the second time, and not for a namespace with policies of its own", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "done");
    const [{ repositories } = { repositories: [] }] = DEFAULT_REGISTRY_POLICIES;
    const own: PolicyDocument = { kind: "ImagePolicy", namespace: "team", name: "own", repositories };
    using judge = stores.judge([...DEFAULT_REGISTRY_POLICIES, own]);
    await outcome(judge, digest);
    await outcome(judge, digest);
    expect(await stores.made()).toBe(1);
    await outcome(judge, digest, { namespace: "team" });
    expect(await stores.made()).toBe(2);
  });

  it("answers without a promise", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "done");
    using judge = stores.judge();
    const question = { reference: REFERENCE, repository: "team/app", digest };
    const made = judge.judge(question);
    expect(made).toBeInstanceOf(Promise);
    expect(judge.judge(question)).toBeInstanceOf(Promise);
    const judgement = await made;
    expect(judge.judge(question)).toBe(judgement);
  });

  it("of facts answers where a verdict is made anew, until something about the image changes", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "done");
    const [{ repositories } = { repositories: [] }] = DEFAULT_REGISTRY_POLICIES;
    const namespaces = ["a", "b", "c"].map((namespace) => ({ gate: "admission", namespace }) as const);
    const own = namespaces.map(
      ({ namespace }): PolicyDocument => ({ kind: "ImagePolicy", namespace, name: "own", repositories }),
    );
    using judge = stores.judge([...DEFAULT_REGISTRY_POLICIES, ...own]);
    const [first, second, third] = namespaces;
    expect(await outcome(judge, digest, first)).toEqual(["allow"]);
    expect(await outcome(judge, digest, second)).toEqual(["allow"]);
    expect([await stores.made(), stores.lookUps]).toEqual([2, 1]);
    stores.scan(digest, "failed");
    stores.tell(digest);
    expect(await outcome(judge, digest, third)).toEqual(["undecided", "SCAN_FAILED"]);
    expect(await outcome(judge, digest, first)).toEqual(["undecided", "SCAN_FAILED"]);
    // what no event may tell the end of is looked up each time
    expect(stores.lookUps).toBe(3);
  });

  it("of facts does not lengthen the life of a verdict, should an event be lost", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "done");
    const [{ repositories } = { repositories: [] }] = DEFAULT_REGISTRY_POLICIES;
    const own: PolicyDocument = { kind: "ImagePolicy", namespace: "team", name: "own", repositories };
    using judge = stores.judge([...DEFAULT_REGISTRY_POLICIES, own]);
    await outcome(judge, digest);
    stores.scan(digest, "failed");
    stores.nowMs += 59_000;
    expect(await outcome(judge, digest, { namespace: "team" })).toEqual(["allow"]);
    stores.nowMs += 1_000;
    expect(await outcome(judge, digest, { namespace: "team" })).toEqual(["undecided", "SCAN_FAILED"]);
  });

  it("is not void by what is written for another namespace", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "done");
    const own: PolicyDocument = { kind: "ImagePolicy", namespace: "other", name: "own", repositories: [] };
    const [before, after] = [
      gatePolicies(DEFAULT_REGISTRY_POLICIES),
      gatePolicies([...DEFAULT_REGISTRY_POLICIES, own]),
    ];
    let isChanged = false;
    using judge = stores.judgeBy({ ...before, current: () => (isChanged ? after : before).current() });
    const ours = { gate: "admission", namespace: "team" } as const;
    const theirs = { gate: "admission", namespace: "other" } as const;
    expect([await outcome(judge, digest, ours), await outcome(judge, digest, theirs)]).toEqual([["allow"], ["allow"]]);
    isChanged = true;
    expect(await outcome(judge, digest, ours)).toEqual(["allow"]);
    expect(await stores.made()).toBe(1);
    expect(await outcome(judge, digest, theirs)).toEqual(["deny", "NO_MATCHING_REPOSITORY"]);
  });

  describe("is that of another namespace", () => {
    const asked = (namespace: string) => ({ gate: "admission", namespace }) as const;

    it("when neither has anything of its own", async () => {
      const stores = new Stores();
      const digest = stores.push("a");
      stores.scan(digest, "done");
      using judge = stores.judge();
      expect(await outcome(judge, digest, asked("a"))).toEqual(["allow"]);
      expect(await outcome(judge, digest, asked("b"))).toEqual(["allow"]);
      expect(await stores.made()).toBe(1);
    });

    it("but not where a policy or an exception is for one of them", async () => {
      const stores = new Stores();
      const digest = stores.push("a");
      const strict = DEFAULT_REGISTRY_POLICIES;
      const open: PolicyDocument = { kind: "ImagePolicy", namespace: "b", name: "open", repositories: [{ name: "*" }] };
      const exception = {
        name: "granted",
        subject: { namespaces: ["c"] },
        findings: { rules: ["SCAN_MISSING"] },
        reason: "r",
        requester: "kim",
        approver: "lee",
        until: "2999-01-01T00:00:00Z",
      };
      const set = createPolicySet({ documents: [...strict, open], exceptions: [exception] });
      using judge = stores.judgeBy(fixedPolicies({ registry: set, admission: set }));
      for (const [namespace, expected] of [
        ["c", "allow"],
        ["b", "allow"],
        ["a", "undecided"],
      ] as const) {
        expect((await outcome(judge, digest, asked(namespace)))[0]).toBe(expected);
      }
    });

    it("but not where the Secrets are those of the namespace that asks", async () => {
      const stores = new Stores();
      const digest = stores.push("a");
      stores.scan(digest, "done");
      const set = createPolicySet({ documents: DEFAULT_REGISTRY_POLICIES, secretNamespace: "request" });
      using judge = stores.judgeBy(fixedPolicies({ registry: set, admission: set }));
      await outcome(judge, digest, asked("a"));
      await outcome(judge, digest, asked("b"));
      expect(await stores.made()).toBe(2);
    });

    it("but not when no policy decided, since it names the namespace", async () => {
      const stores = new Stores();
      const digest = stores.push("a");
      using judge = stores.judge([]);
      for (const namespace of ["a", "b"]) {
        const { verdict } = await judge.judge({
          ...asked(namespace),
          reference: "r/team/app:1",
          repository: "team/app",
          digest,
        });
        expect(verdict.reasons[0]).toMatchObject({ code: "NO_POLICY", params: { namespace } });
      }
    });
  });

  it("does not answer for another name of the image, which another entry may judge", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    const policies: readonly PolicyDocument[] = [
      {
        kind: "ClusterImagePolicy",
        name: "p",
        repositories: [{ name: "*" }, { name: "*/team/app:2", policy: { scan: { required: true } } }],
      },
    ];
    using judge = stores.judge(policies);
    expect(await outcome(judge, digest, { reference: "registry.example/team/app:1" })).toEqual(["allow"]);
    expect(await outcome(judge, digest, { reference: "registry.example/team/app:2" })).toEqual([
      "undecided",
      "SCAN_MISSING",
    ]);
  });

  it("is asked once by many at the same time", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "done");
    using judge = stores.judge();
    await Promise.all(Array.from({ length: 20 }, () => outcome(judge, digest)));
    expect(stores.lookUps).toBe(1);
  });

  it("forgets an index when the scan of a child changes", async () => {
    const stores = new Stores();
    const child = stores.push("a");
    stores.scan(child, "done");
    const index = stores.pushIndex([{ digest: child, platform: AMD64 }]);
    using judge = stores.judge();
    expect(await outcome(judge, index)).toEqual(["allow"]);
    stores.scan(child, "failed");
    expect(await outcome(judge, index)).toEqual(["allow"]);
    stores.tell(child);
    expect(await outcome(judge, index)).toEqual(["undecided", "SCAN_FAILED"]);
  });

  it("forgets everything when events may have been missed", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "done");
    using judge = stores.judge();
    await outcome(judge, digest);
    stores.scan(digest, "failed");
    for (const { onGap } of stores.subscribers) {
      onGap?.();
    }
    expect(await outcome(judge, digest)).toEqual(["undecided", "SCAN_FAILED"]);
  });

  it("does not keep what was overtaken by a change", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "done");
    using judge = stores.judge();
    const { promise, resolve } = Promise.withResolvers<void>();
    stores.hold = promise;
    const early = outcome(judge, digest);
    await new Promise(setImmediate);
    stores.scan(digest, "failed");
    stores.tell(digest);
    resolve();
    expect(await early).toEqual(["allow"]);
    expect(await outcome(judge, digest)).toEqual(["undecided", "SCAN_FAILED"]);
  });

  it("does not share what was overtaken by a change", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "done");
    using judge = stores.judge();
    const { promise, resolve } = Promise.withResolvers<void>();
    stores.hold = promise;
    const early = outcome(judge, digest);
    await new Promise(setImmediate);
    stores.scan(digest, "failed");
    stores.tell(digest);
    const late = outcome(judge, digest);
    resolve();
    expect(await early).toEqual(["allow"]);
    expect(await late).toEqual(["undecided", "SCAN_FAILED"]);
  });

  it.each([
    { name: "an undecided verdict lives shortly", state: "pending", afterMs: 2_000, looked: 2 },
    { name: "a decided verdict lives longer", state: "done", afterMs: 2_000, looked: 1 },
    { name: "a decided verdict does not live for ever", state: "done", afterMs: 60_000, looked: 2 },
    { name: "a clock that is set back lengthens no life", state: "done", afterMs: -1, looked: 2 },
  ] as const)("$name", async ({ state, afterMs, looked }) => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, state);
    using judge = stores.judge();
    await outcome(judge, digest);
    stores.nowMs += afterMs;
    await outcome(judge, digest);
    expect(stores.lookUps).toBe(looked);
  });

  it("keeps nothing past validUntil", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "done");
    stores.nowMs = Date.parse("2026-06-30T01:00:00Z");
    const entry = { name: "*", policy: { scan: { required: true, maxAge: "1h" } } };
    using judge = stores.judge([{ kind: "ClusterImagePolicy", name: "p", repositories: [entry] }]);
    expect(await outcome(judge, digest)).toEqual(["allow"]);
    stores.nowMs += 1_000;
    expect(await outcome(judge, digest)).toEqual(["deny", "SCAN_TOO_OLD"]);
  });

  it("does not keep a failure, and passes it on to all who wait", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "done");
    using judge = stores.judge();
    const failure = Promise.reject(new Error("database down"));
    stores.hold = failure;
    const asked = await Promise.allSettled([outcome(judge, digest), outcome(judge, digest)]);
    expect(asked.map((each) => each.status)).toEqual(["rejected", "rejected"]);
    stores.hold = Promise.resolve();
    expect(await outcome(judge, digest)).toEqual(["allow"]);
  });
});

describe("signatures", () => {
  const KEY = generateKeyPairSync("ec", { namedCurve: "P-256" })
    .publicKey.export({ type: "spki", format: "pem" })
    .toString();
  const signatures = [{ cosign: { key: KEY } }];

  function requiring(policy: ImageChecks = { signatures }): readonly PolicyDocument[] {
    return [{ kind: "ClusterImagePolicy", name: "p", repositories: [{ name: "*", policy }] }];
  }

  it.each([
    { name: "a verified one allows", state: "verified", want: ["allow"] },
    { name: "none denies", state: "none", want: ["deny", "SIGNATURE_MISSING"] },
    { name: "a bad one denies", state: "bad", want: ["deny", "SIGNATURE_INVALID"] },
    { name: "an unknown one is undecided", state: "unknown", want: ["undecided", "SIGNATURE_UNDECIDED"] },
  ] as const)("of an image: $name", async ({ state, want }) => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.verifier.states.set(digest, state);
    using judge = stores.judge(requiring());
    expect(await outcome(judge, digest)).toEqual(want);
    const { signatures: results } = await judge.judge({ reference: REFERENCE, repository: "team/app", digest });
    expect(results).toMatchObject([{ digest, state }]);
  });

  it("are not looked at where no policy asks for one", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "done");
    using judge = stores.judge();
    const judgement = await judge.judge({ reference: REFERENCE, repository: "team/app", digest, timeoutMs: 0 });
    expect(judgement).not.toHaveProperty("signatures");
    expect(stores.verifier.asked).toEqual([]);
  });

  it("of an index: itself and each child that can run must be signed", async () => {
    const stores = new Stores();
    const [amd64, arm64] = [stores.push("amd64"), stores.push("arm64")];
    const index = stores.pushIndex([
      { digest: amd64, platform: AMD64 },
      { digest: arm64, platform: { os: "linux", architecture: "arm64" } },
    ]);
    for (const digest of [index, amd64]) {
      stores.verifier.states.set(digest, "verified");
    }
    using judge = stores.judge(requiring());
    expect(await outcome(judge, index)).toEqual(["deny", "SIGNATURE_MISSING"]);
    stores.verifier.states.set(arm64, "verified");
    stores.attach(arm64);
    expect(await outcome(judge, index)).toEqual(["allow"]);
    expect(new Set(stores.verifier.asked.map(({ digest }) => digest))).toEqual(new Set([index, amd64, arm64]));
  });

  it("of an index cover a child that is fetched after it, where the policy says so, and only there", async () => {
    const stores = new Stores();
    const child = stores.push("child");
    const other = stores.push("other");
    const index = stores.pushIndex([{ digest: child, platform: AMD64 }]);
    stores.verifier.states.set(index, "verified");
    using judge = stores.judge(requiring({ signatures: [{ cosign: { key: KEY }, children: "covered" }] }));
    expect(await outcome(judge, index)).toEqual(["allow"]);
    expect(await outcome(judge, child)).toEqual(["allow"]);
    expect(await outcome(judge, other)).toEqual(["deny", "SIGNATURE_MISSING"]);
    using strict = stores.judge(requiring());
    expect(await outcome(strict, child)).toEqual(["deny", "SIGNATURE_MISSING"]);
  });

  it("that are pushed are known at once, also to verdicts on the index above and on a child below", async () => {
    const stores = new Stores();
    const child = stores.push("child");
    const index = stores.pushIndex([{ digest: child, platform: AMD64 }]);
    using judge = stores.judge(requiring({ signatures: [{ cosign: { key: KEY }, children: "covered" }] }));
    expect(await outcome(judge, index)).toEqual(["deny", "SIGNATURE_MISSING"]);
    expect(await outcome(judge, child)).toEqual(["deny", "SIGNATURE_MISSING"]);
    stores.verifier.states.set(index, "verified");
    expect(await outcome(judge, index), "kept").toEqual(["deny", "SIGNATURE_MISSING"]);
    stores.attach(index);
    expect(stores.verifier.forgotten).toEqual([index]);
    expect(await outcome(judge, index)).toEqual(["allow"]);
    expect(await outcome(judge, child)).toEqual(["allow"]);
  });

  it("that are missing are looked for again soon: a Notary server sends no events", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    using judge = stores.judge(requiring());
    expect(await outcome(judge, digest)).toEqual(["deny", "SIGNATURE_MISSING"]);
    stores.verifier.states.set(digest, "verified");
    stores.nowMs += 5_000;
    expect(await outcome(judge, digest)).toEqual(["allow"]);
  });

  it("that take too long are undecided for whoever cannot wait, and known to the next", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    const { promise, resolve } = Promise.withResolvers<void>();
    stores.verifier.hold = promise;
    stores.verifier.states.set(digest, "verified");
    using judge = stores.judge(requiring());
    const question = { reference: REFERENCE, repository: "team/app", digest };
    const late = await judge.judge({ ...question, timeoutMs: 0 });
    expect(late.verdict).toMatchObject({ outcome: "undecided", reasons: [{ code: "SIGNATURE_UNDECIDED" }] });
    const patient = judge.judge({ ...question, timeoutMs: 60_000 });
    resolve();
    expect((await patient).verdict.outcome).toBe("allow");
    expect(stores.verifier.asked).toHaveLength(1);
    expect((await judge.judge({ ...question, timeoutMs: 0 })).verdict.outcome, "kept by now").toBe("allow");
  });

  it("are looked for by the main name of the registry, whichever of its names was asked for", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    using judge = stores.judge(requiring());
    const references: string[] = [];
    const { verifier } = stores;
    const verify = verifier.verify.bind(verifier);
    verifier.verify = (image, requirements) => {
      references.push(renderImageReference(image.reference));
      return verify(image, requirements);
    };
    for (const name of ["127.0.0.1:5000", "registry.example", "elsewhere.example"]) {
      await judge.judge({ reference: `${name}/team/app:1`, repository: "team/app", digest });
    }
    expect(references).toEqual([
      "registry.example/team/app:1",
      "registry.example/team/app:1",
      "elsewhere.example/team/app:1",
    ]);
  });

  it("are asked for by the policies of the gate that asks", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "done");
    const registry = gatePolicies(DEFAULT_REGISTRY_POLICIES).current().registry;
    using judge = stores.judgeBy(fixedPolicies({ registry, admission: gatePolicies(requiring()).current().admission }));
    expect(await outcome(judge, digest)).toEqual(["allow"]);
    expect(await outcome(judge, digest, { gate: "admission" })).toEqual(["deny", "SIGNATURE_MISSING"]);
  });
});

describe("waitForScan", () => {
  it("returns at once when nothing is being scanned", async () => {
    const stores = new Stores();
    using judge = stores.judge();
    await judge.waitForScan(stores.push("a"), 60_000);
    await judge.waitForScan(digestOf("absent"), 60_000);
    expect(stores.subscribers.size).toBe(1);
  });

  it("returns when the event says so, and the next verdict knows", async () => {
    const stores = new Stores();
    const child = stores.push("a");
    stores.scan(child, "running");
    const index = stores.pushIndex([{ digest: child, platform: AMD64 }]);
    using judge = stores.judge();
    expect(await outcome(judge, index)).toEqual(["undecided", "SCAN_PENDING"]);
    const waiting = judge.waitForScan(index, 600_000);
    await new Promise(setImmediate);
    stores.scan(child, "done");
    stores.tell(child);
    await waiting;
    expect(await outcome(judge, index)).toEqual(["allow"]);
  });

  it("returns when an event got lost, and the next verdict knows", async () => {
    const stores = new Stores();
    const child = stores.push("a");
    stores.scan(child, "running");
    const index = stores.pushIndex([{ digest: child, platform: AMD64 }]);
    using judge = stores.judge();
    expect(await outcome(judge, index)).toEqual(["undecided", "SCAN_PENDING"]);
    expect(await outcome(judge, child)).toEqual(["undecided", "SCAN_PENDING"]);
    const waiting = judge.waitForScan(index, 600_000);
    await new Promise(setImmediate);
    stores.scan(child, "done");
    await waiting;
    expect(await outcome(judge, index)).toEqual(["allow"]);
    expect(await outcome(judge, child)).toEqual(["allow"]);
  });

  it("returns at the deadline", async () => {
    const stores = new Stores();
    const digest = stores.push("a");
    stores.scan(digest, "running");
    using judge = stores.judge();
    await judge.waitForScan(digest, 1);
    expect(await outcome(judge, digest)).toEqual(["undecided", "SCAN_PENDING"]);
  });
});
