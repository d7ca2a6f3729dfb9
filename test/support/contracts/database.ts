// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import type { Database, DecisionRecord, ServerEvent } from "#database";
import { matchInventory, type ScanReport } from "#findings";
import { advisory, packageIn, sourceOf } from "../matching.ts";
import type { TestDatabases } from "../postgres.ts";
import { registryJobContract } from "./registry-jobs.ts";
import { registryObjectContract } from "./registry-objects.ts";
import { registryStorageContract } from "./registry-storage.ts";
import { scanIndexContract } from "./scan-index.ts";
import { scanJobContract } from "./scan-jobs.ts";
import { testDigest, testManifest, testReport } from "./stored-records.ts";

export { testDigest, testManifest, testReport } from "./stored-records.ts";

const SOON = new Date("2030-01-01T00:00:00Z");

function testDecision(changes: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    gate: "admission",
    actor: "system:serviceaccount:default:builder",
    reference: "127.0.0.1:5000/team/app:1.0",
    digest: testDigest("manifest"),
    namespace: "default",
    outcome: "deny",
    reasons: [{ code: "SCAN_PENDING", effect: "undecided", params: {} }],
    policy: { kind: "ClusterImagePolicy", name: "default", repository: "*" },
    requestId: "r-1",
    durationMs: 1.5,
    decidedAt: "2026-11-22T01:02:03.000Z",
    ...changes,
  };
}

/** What every implementation of `Database` has to do. */
export function databaseContract(databases: TestDatabases): void {
  describe("accounts", () => accountContract(databases));
  describe("registry", () => registryContract(databases));
  describe("storage of the registry", () => registryStorageContract(databases));
  describe("scans", () => scanContract(databases));
  describe("scan jobs", () => scanJobContract(databases));
  describe("the index of what images hold", () => scanIndexContract(databases));
  describe("decisions and audit", () => recordContract(databases));
  describe("secrets", () => secretContract(databases));
  describe("trust states", () => trustStateContract(databases));
  describe("jobs of the registry", () => registryJobContract(databases));
  describe("documents of the registry's settings", () => registryObjectContract(databases));
  describe("events", () => eventContract(databases));
  describe("life", () => lifeContract(databases));
}

function accountContract({ open }: TestDatabases): void {
  it("the first account is made once, whoever asks at the same time", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    const made = await Promise.all(
      [first, second, first, second].map((database, index) => database.accounts.createFirst(`admin${index}`, "hash")),
    );
    expect(made.filter(Boolean)).toHaveLength(1);
    const name = `admin${made.indexOf(true)}`;
    expect(await first.accounts.findByName(name)).toMatchObject({ name, role: "ADMIN", mustChangePassword: true });
  });

  it("a name is taken in any case, and found in its own only", async () => {
    const { accounts } = await open();
    const made = await accounts.create({ name: "Robot", passwordHash: "h", role: "IMAGE_UPLOADER" });
    await expect(accounts.create({ name: "robot", passwordHash: "h", role: "VIEWER" })).rejects.toMatchObject({
      code: "ACCOUNT_EXISTS",
    });
    expect(await accounts.findByName("Robot")).toEqual({ ...made, passwordHash: "h" });
    expect(await accounts.findByName("robot")).toBeUndefined();
  });

  it.each(["", "nobody", "a\0b", "'; drop table account; --", "x".repeat(100_000), "\uD800", "%"])(
    "an unknown name (%#) is not found, and is no error",
    async (name) => {
      const { accounts } = await open();
      expect(await accounts.findByName(name)).toBeUndefined();
    },
  );

  it("a session lasts until it expires or is ended", async () => {
    const { accounts } = await open();
    const account = await accounts.create({ name: "a", passwordHash: "h", role: "VIEWER" });
    await accounts.createSession(account.id, "token", SOON);
    expect(await accounts.findSession("token", new Date(SOON.getTime() - 1))).toEqual(account);
    expect(await accounts.findSession("token", SOON)).toBeUndefined();
    expect(await accounts.findSession("other", new Date(0))).toBeUndefined();
    await accounts.endSession("token");
    expect(await accounts.findSession("token", new Date(0))).toBeUndefined();
  });

  it("a new password replaces the old one and ends the sessions of that account only", async () => {
    const { accounts } = await open();
    const a = await accounts.create({ name: "a", passwordHash: "old", role: "VIEWER" });
    const b = await accounts.create({ name: "b", passwordHash: "old", role: "VIEWER" });
    await accounts.createSession(a.id, "a-token", SOON);
    await accounts.createSession(b.id, "b-token", SOON);
    await accounts.setPassword(a.id, "new");
    expect(await accounts.findByName("a")).toMatchObject({ passwordHash: "new", mustChangePassword: false });
    expect(await accounts.findSession("a-token", new Date(0))).toBeUndefined();
    expect(await accounts.findSession("b-token", new Date(0))).toEqual(b);
  });

  it("a password that somebody else set must be changed, and ends the sessions, too", async () => {
    const { accounts } = await open();
    const { id } = await accounts.create({ name: "a", passwordHash: "old", role: "ADMIN" });
    await accounts.setPassword(id, "own");
    await accounts.createSession(id, "token", SOON);
    await accounts.setPassword(id, "reset", { mustChange: true });
    expect(await accounts.findByName("a")).toMatchObject({ passwordHash: "reset", mustChangePassword: true });
    expect(await accounts.findSession("token", new Date(0))).toBeUndefined();
    await accounts.setPassword(id, "own again");
    expect(await accounts.findByName("a")).toMatchObject({ mustChangePassword: false });
  });

  it("the password of an unknown account cannot be set", async () => {
    const { accounts } = await open();
    await expect(accounts.setPassword("00000000-0000-4000-8000-000000000000", "h")).rejects.toMatchObject({
      code: "ACCOUNT_UNKNOWN",
    });
  });
}

function registryContract({ open }: TestDatabases): void {
  it("a pushed manifest is found by tag and by digest, as it was", async () => {
    const { registry } = await open();
    const record = testManifest({
      artifactType: "application/vnd.example",
      subject: testDigest("subject"),
      references: [
        { digest: testDigest("z"), kind: "blob", sizeBytes: 5_000_000_000 },
        { digest: testDigest("a"), kind: "manifest", sizeBytes: 0 },
        { digest: testDigest("z"), kind: "blob", sizeBytes: 5_000_000_000 },
      ],
    });
    expect(await registry.putManifest(record, "1.0")).toEqual({ isNewScan: true });
    expect(await registry.findManifest("team/app", { tag: "1.0" })).toEqual(record);
    expect(await registry.findManifest("team/app", { digest: record.digest })).toEqual(record);
    expect(await registry.findManifest("team/app", { tag: "2.0" })).toBeUndefined();
    expect(await registry.findManifest("team/other", { tag: "1.0" })).toBeUndefined();
    expect(await registry.hasRepository("team/app")).toBe(true);
    expect(await registry.hasRepository("team/ap")).toBe(false);
  });

  it("pushing again changes nothing but who moved the tag last", async () => {
    const { registry } = await open();
    const record = testManifest();
    await registry.putManifest(record, "1.0");
    const later = { ...record, pushedBy: "bob", pushedAt: "2026-11-23T00:00:00.000Z" };
    expect(await registry.putManifest(later, "1.0")).toEqual({ isNewScan: false });
    expect(await registry.findManifest("team/app", { tag: "1.0" })).toEqual(record);
    const { images, total } = await registry.listImages({ limit: 10, offset: 0 });
    expect(total).toBe(1);
    expect(images).toMatchObject([{ pushedBy: "bob", pushedAt: "2026-11-23T00:00:00.000Z" }]);
  });

  it("pushing an image again whose scan failed makes the scan pending again, and no other", async () => {
    const { registry, scans } = await open();
    const record = testManifest();
    const { digest } = record;
    await registry.putManifest(record, "1.0");
    await scans.markRunning(digest);
    expect(await registry.putManifest(record, "1.0")).toEqual({ isNewScan: false });
    expect(await scans.find(digest)).toMatchObject({ state: "running" });
    await scans.finish(digest, { state: "failed", message: "no space left" });
    expect(await registry.putManifest({ ...record, repository: "other" }, "1.0")).toEqual({ isNewScan: true });
    const again = await scans.find(digest);
    expect(again).toMatchObject({ state: "pending", attempts: 0 });
    expect(again?.message).toBeUndefined();
    expect(await scans.listUnfinished()).toEqual([digest]);
    await scans.finish(digest, { state: "done", report: testReport(digest) });
    expect(await registry.putManifest(record, "1.0")).toEqual({ isNewScan: false });
    await scans.finish(digest, { state: "unsupported", message: "application/x" });
    expect(await registry.putManifest(record, "1.0")).toEqual({ isNewScan: false });
    expect(await scans.find(digest)).toMatchObject({ state: "unsupported" });
  });

  it("only images are scanned, each digest once, whatever repository has it", async () => {
    const { registry, scans } = await open();
    const index = testManifest({ digest: testDigest("index"), kind: "index" });
    const artifact = testManifest({ digest: testDigest("artifact"), kind: "artifact" });
    expect(await registry.putManifest(index, undefined)).toEqual({ isNewScan: false });
    expect(await registry.putManifest(artifact, undefined)).toEqual({ isNewScan: false });
    expect(await registry.putManifest(testManifest(), undefined)).toEqual({ isNewScan: true });
    expect(await registry.putManifest(testManifest({ repository: "other" }), "x")).toEqual({ isNewScan: false });
    expect(await scans.listUnfinished()).toEqual([testManifest().digest]);
  });

  it("two pushes of one tag at once: both are stored, the tag is one of them", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    const records = Array.from({ length: 12 }, (_, index) => testManifest({ digest: testDigest(`manifest ${index}`) }));
    const results = await Promise.all(
      records.map((record, index) => (index % 2 === 0 ? first : second).registry.putManifest(record, "latest")),
    );
    expect(results.every((result) => result.isNewScan)).toBe(true);
    const tagged = await first.registry.findManifest("team/app", { tag: "latest" });
    expect(records).toContainEqual(tagged);
    for (const record of records) {
      expect(await second.registry.findManifest("team/app", { digest: record.digest })).toEqual(record);
    }
    expect(await first.registry.listTags("team/app", { limit: 10 })).toEqual(["latest"]);
  });

  it("one manifest pushed many times at once is stored once and scanned once", async () => {
    const { registry } = await open();
    const results = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        registry.putManifest(testManifest({ repository: `team/${index % 3}` }), `tag${index % 4}`),
      ),
    );
    expect(results.filter((result) => result.isNewScan)).toHaveLength(1);
  });

  it("lists are in ASCII order, after the last one, and limited", async () => {
    const { registry } = await open();
    for (const tag of ["b", "A", "a", "_x", "B", "a-1", "a.1", "a1"]) {
      await registry.putManifest(testManifest(), tag);
    }
    const all = ["A", "B", "_x", "a", "a-1", "a.1", "a1", "b"];
    expect(await registry.listTags("team/app", { limit: 100 })).toEqual(all);
    expect(await registry.listTags("team/app", { last: "_x", limit: 3 })).toEqual(["a", "a-1", "a.1"]);
    expect(await registry.listTags("team/app", { last: "a0", limit: 1 })).toEqual(["a1"]);
    expect(await registry.listTags("unknown", { limit: 100 })).toEqual([]);
    expect(await registry.listTags("team/app", { limit: 0 })).toEqual([]);
    await registry.linkBlob("aa/b", { digest: testDigest("x"), sizeBytes: 1 });
    await registry.linkBlob("aa-b", { digest: testDigest("x"), sizeBytes: 1 });
    expect(await registry.listRepositories({ limit: 100 })).toEqual(["aa-b", "aa/b", "team/app"]);
    expect(await registry.listRepositories({ last: "aa-b", limit: 1 })).toEqual(["aa/b"]);
  });

  it("referrers and referencing manifests are of their repository", async () => {
    const { registry } = await open();
    const signature = testManifest({
      digest: testDigest("signature"),
      kind: "artifact",
      subject: testDigest("manifest"),
      pushedAt: "2026-11-22T02:00:00.000Z",
    });
    const index = testManifest({
      digest: testDigest("index"),
      kind: "index",
      references: [{ digest: testDigest("manifest"), kind: "manifest", sizeBytes: 500 }],
    });
    await registry.putManifest(signature, undefined);
    await registry.putManifest(testManifest(), undefined);
    await registry.putManifest(index, "1.0");
    await registry.putManifest({ ...signature, repository: "other" }, undefined);
    const { references: _, ...listed } = signature;
    expect(await registry.findReferrers("team/app", testDigest("manifest"))).toEqual([listed]);
    const page = { after: "", limit: 10 };
    expect(await registry.findReferrers("team/app", testDigest("manifest"), page)).toEqual([listed]);
    expect(
      await registry.findReferrers("team/app", testDigest("manifest"), { ...page, after: signature.digest }),
    ).toEqual([]);
    expect(await registry.findReferencing("team/app", testDigest("manifest"))).toEqual([
      { digest: index.digest, kind: "index" },
    ]);
    expect(await registry.findReferencing("team/app", testDigest("layer"))).toHaveLength(2);
    expect(await registry.findReferencing("team/app", testDigest("nothing"))).toEqual([]);
  });

  it("a manifest with 2,000 references is stored whole", async () => {
    const { registry } = await open();
    const references = Array.from({ length: 2_000 }, (_, index) => ({
      digest: testDigest(`layer ${index}`),
      kind: "blob" as const,
      sizeBytes: index,
    }));
    await registry.putManifest(testManifest({ references }), "big");
    expect((await registry.findManifest("team/app", { tag: "big" }))?.references).toEqual(references);
  });

  it("a blob is linked to the repositories it was linked to", async () => {
    const { registry } = await open();
    const blob = { digest: testDigest("layer"), sizeBytes: 6_000_000_000 };
    await Promise.all([registry.linkBlob("a", blob), registry.linkBlob("a", blob), registry.linkBlob("a", blob)]);
    expect(await registry.findBlobLink("a", blob.digest)).toEqual({ sizeBytes: blob.sizeBytes });
    expect(await registry.findBlobLink("b", blob.digest)).toBeUndefined();
    expect(await registry.findBlobLink("a", testDigest("other"))).toBeUndefined();
  });

  it("signatures under tags of their own are no images, wherever a page begins; an image of such a name is", async () => {
    const { registry } = await open();
    const hex = "ab".repeat(32);
    const artifact = testManifest({ digest: testDigest("signature"), kind: "artifact", references: [] });
    const list = testManifest({
      digest: testDigest("list"),
      kind: "index",
      references: [{ digest: artifact.digest, kind: "manifest", sizeBytes: 500 }],
    });
    const image = testManifest();
    const index = testManifest({
      digest: testDigest("index"),
      kind: "index",
      references: [{ digest: image.digest, kind: "manifest", sizeBytes: 500 }],
    });
    await registry.putManifest(image, "1.0");
    for (const suffix of [".sig", ".att", ".sbom"]) {
      await registry.putManifest(artifact, `sha256-${hex}${suffix}`);
    }
    await registry.putManifest(list, `sha256-${hex}`);
    await registry.putManifest(artifact, "chart");
    await registry.putManifest(image, `sha256-${"cd".repeat(32)}`);
    await registry.putManifest(index, `sha256-${"ef".repeat(32)}`);
    const first = await registry.listImages({ limit: 2, offset: 0 });
    const second = await registry.listImages({ repository: image.repository, limit: 2, offset: 2 });
    expect([first.total, second.total]).toEqual([4, 4]);
    expect([...first.images, ...second.images].map(({ tag }) => tag).toSorted()).toEqual(
      ["1.0", "chart", `sha256-${"cd".repeat(32)}`, `sha256-${"ef".repeat(32)}`].toSorted(),
    );
  });

  it("images are listed newest first with the size of all they are made of", async () => {
    const { registry } = await open();
    const child = testManifest();
    const index = testManifest({
      digest: testDigest("index"),
      kind: "index",
      sizeBytes: 50,
      references: [{ digest: child.digest, kind: "manifest", sizeBytes: 500 }],
      pushedAt: "2026-11-22T03:00:00.000Z",
    });
    await registry.putManifest(child, "child");
    await registry.putManifest(index, "multi");
    await registry.putManifest({ ...child, repository: "other", pushedAt: "2026-11-22T02:00:00.000Z" }, "x");
    const { total, images } = await registry.listImages({ limit: 2, offset: 0 });
    expect(total).toBe(3);
    expect(images).toMatchObject([
      { repository: "team/app", tag: "multi", kind: "index", sizeBytes: 50 + 500 + 10_100 },
      { repository: "other", tag: "x", kind: "image", sizeBytes: 500 + 10_100 },
    ]);
    expect(await registry.listImages({ repository: "team/app", limit: 10, offset: 1 })).toMatchObject({
      total: 2,
      images: [{ tag: "child" }],
    });
    expect(await registry.listImages({ repository: "none", limit: 10, offset: 0 })).toEqual({ total: 0, images: [] });
  });
}

function scanContract({ open }: TestDatabases): void {
  const digest = testDigest("image");

  it("a report comes back as it was stored", async () => {
    const { scans } = await open({ now: () => new Date("2026-11-22T05:00:00Z") });
    const report = testReport(digest);
    await scans.request(digest);
    await scans.markRunning(digest);
    await scans.finish(digest, { state: "done", report });
    expect(await scans.find(digest)).toEqual({
      digest,
      state: "done",
      attempts: 1,
      report: JSON.parse(JSON.stringify(report)) as unknown,
      databaseDigest: "database-1",
      requestedAt: "2026-11-22T05:00:00.000Z",
      finishedAt: "2026-11-22T05:00:00.000Z",
      scannedAt: "2026-11-22T05:00:00.000Z",
    });
    expect(await scans.findInventory(digest)).toEqual(report.inventory);
    expect(await scans.findMany([digest, testDigest("other")])).toEqual(new Map([[digest, await scans.find(digest)]]));
    expect(await scans.findMany([])).toEqual(new Map());
  });

  it("a scan that fails says why and keeps no older report", async () => {
    const { scans } = await open();
    await scans.finish(digest, { state: "done", report: testReport(digest) });
    await scans.request(digest);
    expect(await scans.find(digest)).toMatchObject({ state: "pending", attempts: 0, report: { image: { digest } } });
    await scans.markRunning(digest);
    // a rescan keeps what is known, with its age, until there is something newer
    expect(await scans.find(digest)).toMatchObject({
      state: "running",
      report: { image: { digest } },
      finishedAt: expect.any(String) as string,
    });
    await scans.finish(digest, { state: "failed", message: "layer \0 is broken" });
    const record = await scans.find(digest);
    expect(record).toMatchObject({ state: "failed", message: "layer \uFFFD is broken" });
    expect(record?.report).toBeUndefined();
    expect(await scans.findInventory(digest)).toBeUndefined();
  });

  it("a running scan cannot be requested, and attempts are counted", async () => {
    const { scans } = await open();
    await scans.request(digest);
    await scans.markRunning(digest);
    await scans.request(digest);
    expect(await scans.find(digest)).toMatchObject({ state: "running", attempts: 1 });
    await scans.markRunning(digest);
    expect(await scans.find(digest)).toMatchObject({ state: "running", attempts: 2 });
    await scans.finish(digest, { state: "unsupported", message: "application/x" });
    await scans.request(digest);
    expect(await scans.find(digest)).toMatchObject({ state: "pending", attempts: 0 });
  });

  it("unfinished are those that wait, and those whose process is gone", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    await first.scans.request(testDigest("waits"));
    await first.scans.markRunning(testDigest("of the first"));
    await second.scans.markRunning(testDigest("of the second"));
    await first.scans.finish(testDigest("done"), { state: "done", report: testReport(testDigest("done")) });
    expect(await first.scans.listUnfinished()).toEqual([testDigest("waits")]);
    await second[Symbol.asyncDispose]();
    expect(new Set(await first.scans.listUnfinished())).toEqual(
      new Set([testDigest("waits"), testDigest("of the second")]),
    );
  });

  it("scans made with another advisory database are listed", async () => {
    const { scans } = await open();
    for (const [word, database] of [
      ["a", "database-1"],
      ["b", "database-2"],
      ["c", "database-1"],
    ] as const) {
      await scans.finish(testDigest(word), { state: "done", report: testReport(testDigest(word), database) });
    }
    await scans.finish(testDigest("d"), { state: "failed", message: "x" });
    expect(new Set(await scans.listMadeWithOtherDatabase("database-2", 10))).toEqual(
      new Set([testDigest("a"), testDigest("c")]),
    );
    expect(await scans.listMadeWithOtherDatabase("database-3", 2)).toHaveLength(2);
  });

  it.each<{
    readonly name: string;
    readonly subjects?: readonly { readonly ecosystem: string; readonly packageName: string }[];
    readonly cves?: readonly string[] | "all";
    /**
     * Of `source` (libfoo1 of foo on Debian 12), `npm` (p), `finding` (p, with CVE-2026-1), `cleared` (the same, which the vendor says
     * is not affected), `empty` and `older`.
     */
    readonly left: readonly string[];
  }>([
    { name: "nothing that an image has", subjects: [{ ecosystem: "npm", packageName: "q" }], left: ["empty", "older"] },
    {
      name: "a name in another ecosystem",
      subjects: [{ ecosystem: "PyPI", packageName: "p" }],
      left: ["empty", "older"],
    },
    {
      name: "a source package, of which the image has a binary package",
      subjects: [{ ecosystem: "Debian:12", packageName: "foo" }],
      left: ["empty", "older", "source"],
    },
    {
      name: "a package of a language",
      subjects: [{ ecosystem: "npm", packageName: "p" }],
      left: ["cleared", "empty", "finding", "npm", "older"],
    },
    {
      name: "a CVE that is a finding by its alias",
      cves: ["CVE-2026-2", "CVE-2026-3"],
      left: ["cleared", "empty", "finding", "older"],
    },
    { name: "all CVEs", cves: "all", left: ["cleared", "empty", "finding", "older"] },
  ])("a newer database that changes $name leaves the reports on other images as they are", async (change) => {
    const { scans } = await open();
    const words = ["source", "npm", "finding", "cleared", "empty", "older"];
    for (const word of words) {
      const report = heldReport(testDigest(word), word);
      await scans.finish(testDigest(word), { state: "done", report });
    }
    const before = await scans.findMany(words.map(testDigest));
    const { subjects = [], cves = [], left } = change;
    const confirmed = await scans.confirmReports({ from: "database-1", to: "database-2", subjects, cves });
    expect(confirmed).toBe(words.length - left.length);
    const stale = await scans.listMadeWithOtherDatabase("database-2", 10);
    expect(words.filter((word) => stale.includes(testDigest(word))).sort()).toEqual(left);
    for (const [digest, record] of await scans.findMany(words.map(testDigest))) {
      const databaseDigest = stale.includes(digest) ? before.get(digest)?.databaseDigest : "database-2";
      expect(record).toEqual({ ...before.get(digest), databaseDigest });
    }
  });
}

/** A report on an image that has what the word says. */
function heldReport(digest: Digest, word: string): ScanReport {
  const report = testReport(digest, word === "older" ? "database-0" : "database-1");
  const packages =
    word === "empty"
      ? []
      : word === "source"
        ? [packageIn("var/lib/dpkg/status", "deb", ["libfoo1", "1"], { source: { name: "foo", version: "1" } })]
        : [packageIn("app", "npm", ["p", "1.0.0"])];
  const known = advisory({
    id: "GHSA-1",
    aliases: ["CVE-2026-1", "CVE-2026-2"],
    ecosystem: "npm",
    packageName: "p",
    ranges: [{ introduced: "0" }],
  });
  const inventory = { ...report.inventory, packages };
  const { findings } = matchInventory(inventory, sourceOf(/finding|cleared/.test(word) ? [known] : []));
  const suppression = { by: "vendor", origin: "DSA-1", status: "notAffected" } as const;
  return word === "cleared"
    ? { ...report, inventory, findings: [], suppressed: findings.map((finding) => ({ finding, suppression })) }
    : { ...report, inventory, findings };
}

function recordContract({ open }: TestDatabases): void {
  it("decisions are listed newest first, all or those of a reference", async () => {
    const { decisions } = await open();
    const plain = testDecision({ requestId: "r-2", gate: "registry", outcome: "allow", reasons: [] });
    const { digest: _digest, namespace: _namespace, policy: _policy, ...least } = plain;
    decisions.record(testDecision());
    decisions.record(least);
    decisions.record(testDecision({ requestId: "r-3", reference: "other" }));
    await decisions.flush();
    const id = expect.any(Number);
    expect(await decisions.list({ limit: 10 })).toEqual([
      { ...testDecision({ requestId: "r-3", reference: "other" }), id },
      { ...least, id },
      { ...testDecision(), id },
    ]);
    expect(await decisions.list({ limit: 1, reference: testDecision().reference })).toEqual([{ ...least, id }]);
  });

  it("decisions are found by what they are about, page by page", async () => {
    const { decisions } = await open();
    const digest = digestOf("other");
    const used = { name: "e", until: "2100-01-01T00:00:00Z", exempted: ["VULNERABILITY CVE-2026-1"] };
    const all = [
      testDecision({ requestId: "r-1", namespace: "team", actor: "alice", outcome: "allow" }),
      testDecision({
        requestId: "r-2",
        namespace: "other",
        actor: "bob",
        digest,
        outcome: "undecided",
        decidedAt: "2026-11-23T00:00:00.000Z",
        kind: "Pod",
        name: "Web-7",
        operation: "CREATE",
        webhook: "admit",
        policyGeneration: "0123456789abcdef",
        exceptions: [used],
        passedAs: "known",
      }),
      testDecision({ requestId: "r-3", reference: "other%_", outcome: "deny" }),
    ];
    for (const decision of all) {
      decisions.record(decision);
    }
    await decisions.flush();
    const [third, second, first] = await decisions.list({ limit: 10 });
    expect(second).toEqual({ ...all[1], id: expect.any(Number) });
    const found: readonly (readonly [Omit<Parameters<typeof decisions.list>[0], "limit">, readonly unknown[]])[] = [
      [{ namespace: "team" }, [first]],
      [{ actor: "bob" }, [second]],
      [{ digest }, [second]],
      [{ outcome: "deny" }, [third]],
      [{ since: "2026-11-22T12:00:00Z", outcome: "undecided" }, [second]],
      [{ text: "web-7" }, [second]],
      [{ text: "OTHER%_" }, [third]],
      [{ text: "%" }, [third]],
      [{ text: "\0" }, []],
      [{ namespace: "team", actor: "bob" }, []],
      [{ before: third?.id ?? 0 }, [second, first]],
      [{ before: first?.id ?? 0 }, []],
    ];
    for (const [query, want] of found) {
      expect(await decisions.list({ limit: 10, ...query })).toEqual(want);
    }
  });

  it("whatever a client calls itself, its decision is stored", async () => {
    const { decisions } = await open();
    const nasty = "\0'\"\\ \uD800 한글 \u202E";
    decisions.record(
      testDecision({
        actor: nasty,
        reference: "r".repeat(100_000),
        namespace: nasty,
        reasons: [{ code: "VULNERABILITY", effect: "deny", params: { package: nasty } }],
      }),
    );
    await decisions.flush();
    const [stored] = await decisions.list({ limit: 1 });
    expect(stored?.actor).toBe("\uFFFD'\"\\ \uFFFD 한글 \u202E");
    expect(stored?.reference.length).toBeLessThan(3_000);
    expect(stored?.reasons[0]?.params).toEqual({ package: nasty });
  });

  it("a record that the database refuses does not hold back the others", async () => {
    const { decisions } = await open();
    decisions.record(testDecision({ requestId: "r-1" }));
    decisions.record(testDecision({ requestId: "r-2", decidedAt: "yesterday, I think" }));
    decisions.record(testDecision({ requestId: "r-3" }));
    await decisions.flush();
    expect((await decisions.list({ limit: 10 })).map((each) => each.requestId)).toEqual(["r-3", "r-1"]);
  });

  it("decisions that were recorded are written on closing", async () => {
    const first = await open();
    for (let index = 0; index < 1_200; index++) {
      first.decisions.record(testDecision({ requestId: `r-${index}` }));
    }
    await first[Symbol.asyncDispose]();
    const second = await open({ url: first.connectionString });
    expect(await second.decisions.list({ limit: 5_000 })).toHaveLength(1_200);
  });

  it("audit entries come back newest first", async () => {
    const { audit } = await open();
    const entry = { actor: "alice", action: "login", target: "alice", requestId: "r", at: "2026-11-22T00:00:00.000Z" };
    await audit.append(entry);
    await audit.append({ ...entry, action: "login-failed", actor: "\0", remoteAddress: "::1" });
    expect(await audit.list({ limit: 10 })).toEqual([
      { ...entry, action: "login-failed", actor: "\uFFFD", remoteAddress: "::1" },
      entry,
    ]);
    expect(await audit.list({ limit: 1 })).toHaveLength(1);
  });
}

function secretContract({ open }: TestDatabases): void {
  it("a secret comes back, an unknown one is undefined", async () => {
    const { secrets } = await open();
    const value = Uint8Array.of(0, 1, 255);
    await secrets.set("name", value);
    expect(await secrets.get("name")).toEqual(value);
    await secrets.set("name", new Uint8Array());
    expect(await secrets.get("name")).toEqual(new Uint8Array());
    expect(await secrets.get("other")).toBeUndefined();
  });

  it("a secret is made once, whoever asks at the same time", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    const made = await Promise.all(
      [first, second, first, second].map((database, index) =>
        database.secrets.getOrCreate("key", async () => Uint8Array.of(index)),
      ),
    );
    expect(new Set(made.map((value) => value[0])).size).toBe(1);
    expect(await second.secrets.get("key")).toEqual(made[0]);
  });

  it("after a rotation the new key opens all and the old one nothing", async () => {
    const first = await open();
    const other = await open({ url: first.connectionString });
    const newKey = new Uint8Array(32).fill(9);
    await first.secrets.set("a", Uint8Array.of(1));
    await first.secrets.set("b", Uint8Array.of(2));
    await first.secrets.rotate(newKey);
    expect(await first.secrets.get("a")).toEqual(Uint8Array.of(1));
    const second = await open({ url: first.connectionString, secretKey: newKey });
    expect(await second.secrets.get("b")).toEqual(Uint8Array.of(2));
    // A process that still has the old key can neither read nor leave something behind that nobody can open.
    await expect(other.secrets.get("a")).rejects.toMatchObject({ code: "SECRET_KEY_WRONG" });
    await expect(other.secrets.set("c", Uint8Array.of(3))).rejects.toMatchObject({ code: "SECRET_KEY_WRONG" });
    await expect(open({ url: first.connectionString })).rejects.toMatchObject({ code: "SECRET_KEY_WRONG" });
  });
}

function trustStateContract({ open }: TestDatabases): void {
  function text(word: string): Uint8Array {
    return new Uint8Array(Buffer.from(word));
  }

  it("is replaced only by whoever has seen what is there", async () => {
    const { trustStates } = await open();
    expect(await trustStates.replace("notary a", text("1"), text("2")), "nothing was there").toBe(false);
    expect(await trustStates.read("notary a")).toBeUndefined();
    expect(await trustStates.replace("notary a", undefined, text("1"))).toBe(true);
    expect(await trustStates.replace("notary a", undefined, text("other")), "trusted first already").toBe(false);
    expect(await trustStates.replace("notary a", text("0"), text("other")), "an older view").toBe(false);
    expect(await trustStates.read("notary a")).toEqual(text("1"));
    expect(await trustStates.replace("notary a", text("1"), text("2"))).toBe(true);
    expect(await trustStates.read("notary a")).toEqual(text("2"));
  });

  it.each([
    { name: "with NUL", key: "a\0b", other: "a\uFFFDb" },
    { name: "of any length", key: `${"x".repeat(100_000)}1`, other: `${"x".repeat(100_000)}2` },
    { name: "with a lone surrogate", key: "notary \uD800", other: "notary" },
    { name: "empty", key: "", other: " " },
  ])("a key $name has a state of its own", async ({ key, other }) => {
    const { trustStates } = await open();
    expect(await trustStates.replace(key, undefined, text("1"))).toBe(true);
    expect(await trustStates.read(other)).toBeUndefined();
    expect(await trustStates.read(key)).toEqual(text("1"));
  });

  it("holds any bytes, an empty state and a large one", async () => {
    const { trustStates } = await open();
    const large = new Uint8Array(8 * 1024 * 1024).fill(0);
    expect(await trustStates.replace("k", undefined, new Uint8Array())).toBe(true);
    expect(await trustStates.read("k")).toEqual(new Uint8Array());
    expect(await trustStates.replace("k", new Uint8Array(), large)).toBe(true);
    expect(await trustStates.read("k")).toEqual(large);
  });

  it("of many processes at once, one wins each round", async () => {
    const first = await open();
    const stores = [first, await open({ url: first.connectionString }), await open({ url: first.connectionString })];
    let seen: Uint8Array | undefined;
    for (let round = 0; round < 10; round += 1) {
      const expected = seen;
      const outcomes = await Promise.all(
        Array.from({ length: 9 }, async (_, at) => {
          return await stores[at % 3]?.trustStates.replace("k", expected, text(`${round} ${at}`));
        }),
      );
      expect(outcomes.filter((isWon) => isWon === true)).toHaveLength(1);
      seen = await first.trustStates.read("k");
      expect(seen).toEqual(text(`${round} ${outcomes.indexOf(true)}`));
    }
  });
}

function eventContract({ open }: TestDatabases): void {
  it("an event reaches every process, until it unsubscribes", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    const events: readonly ServerEvent[] = [
      { type: "image-pushed", repository: "a", tag: "1", digest: testDigest("x") },
      { type: "image-pushed", repository: "a", digest: testDigest("x"), subject: testDigest("y") },
      { type: "scan-changed", digest: testDigest("x"), state: "done" },
    ];
    const received = [collect(first), collect(second)];
    for (const event of events) {
      await first.events.publish(event);
    }
    for (const { take, stop } of received) {
      expect(await take(3)).toEqual(events);
      stop();
    }
    const last = collect(first);
    await second.events.publish(events[0] as ServerEvent);
    await last.take(1);
    expect(received[0]?.events).toHaveLength(3);
  });

  it("a scan tells of each of its states", async () => {
    const { scans, ...database } = await open();
    const { take } = collect(database);
    const digest = testDigest("image");
    await scans.request(digest);
    await scans.markRunning(digest);
    await scans.finish(digest, { state: "done", report: testReport(digest) });
    expect((await take(3)).map((event) => (event.type === "scan-changed" ? event.state : event.type))).toEqual([
      "pending",
      "running",
      "done",
    ]);
  });

  it("an event that is too long for a notification becomes a gap", async () => {
    const database = await open();
    const gap = new Promise<string>((resolve) => {
      database.events.subscribe(
        () => resolve("event"),
        () => resolve("gap"),
      );
    });
    await database.events.publish({ type: "image-pushed", repository: "한".repeat(4_000), digest: testDigest("x") });
    expect(await gap).toBe("gap");
  });

  it("a subscriber that throws does not keep the event from the others", async () => {
    const database = await open();
    database.events.subscribe(() => {
      throw new Error("a bug");
    });
    const { take } = collect(database);
    await database.events.publish({ type: "scan-changed", digest: testDigest("x"), state: "failed" });
    expect(await take(1)).toHaveLength(1);
  });
}

function lifeContract({ open }: TestDatabases): void {
  it("the cluster id stays, and each database has its own", async () => {
    const first = await open();
    const again = await open({ url: first.connectionString });
    const other = await open();
    expect(first.clusterId).toMatch(/^[0-9a-f-]{36}$/);
    expect(again.clusterId).toBe(first.clusterId);
    expect(other.clusterId).not.toBe(first.clusterId);
  });

  it("ping answers, and fails after closing", async () => {
    const database = await open();
    await database.ping(5_000);
    await database[Symbol.asyncDispose]();
    await expect(database.ping(5_000)).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
  });
}

/** Gathers events; `take` waits for a number of them. */
function collect({ events: bus }: Pick<Database, "events">) {
  const events: ServerEvent[] = [];
  let onEvent: (() => void) | undefined;
  const stop = bus.subscribe((event) => {
    events.push(event);
    onEvent?.();
  });
  return {
    events,
    stop,
    take: (count: number): Promise<readonly ServerEvent[]> =>
      new Promise((resolve) => {
        onEvent = () => {
          if (events.length >= count) {
            resolve(events.slice(0, count));
          }
        };
        onEvent();
      }),
  };
}
