// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import type { Database } from "#database";
import type { ScanReport } from "#findings";
import { OCI_MANIFEST } from "#oci";
import { DEFAULT_REGISTRY_POLICIES, type PolicyDocument } from "#policy";
import { askAdmission, podReview, type ReviewAnswer } from "../../../../test/support/admission-client.ts";
import { openTestDatabase } from "../../../../test/support/postgres.ts";
import { gatePolicies, ScriptedVerifier } from "../../../../test/support/scripted-verifier.ts";
import type { RunningRole, ServerContext } from "../context.ts";
import { createJudge } from "../judge/index.ts";
import { startAdmission } from "./start-admission.ts";

const ADVISORIES = { digest: "d", date: "2026-06-01", advisories: 1, isBundled: true, ecosystems: {} };
const OURS = "registry.example:5000";
const folder = mkdtempSync(join(tmpdir(), "haechi-admission-"));
afterAll(() => rmSync(folder, { recursive: true }));

const running: AsyncDisposableStack[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) {
    await each.disposeAsync();
  }
});

interface Gate {
  readonly database: Database;
  readonly role: RunningRole;
  ask(tag: string): Promise<ReviewAnswer["response"]>;
}

/** A gate with a real judge over a real database. */
async function startGate(policies: readonly PolicyDocument[] = DEFAULT_REGISTRY_POLICIES): Promise<Gate> {
  const stack = new AsyncDisposableStack();
  running.push(stack);
  const database = stack.use(await openTestDatabase());
  const clock = { now: () => new Date() };
  const telemetry = { log: pino({ level: "silent" }), metrics: new Registry() };
  const blobs = { read: () => Promise.resolve(undefined) };
  const judge = createJudge({
    database,
    blobs,
    policies: gatePolicies(policies),
    verifier: new ScriptedVerifier(),
    advisories: ADVISORIES,
    clock,
    telemetry,
    registryNames: [OURS],
  });
  stack.defer(() => judge[Symbol.dispose]());
  const context = {
    configuration: {
      dataDir: folder,
      listen: { admission: { host: "127.0.0.1", port: 0 } },
      registry: { names: [OURS] },
      signatures: { notaryServers: [] },
      admission: { failure: "deny", timeoutMs: 20_000, names: [] },
      language: "en",
    },
    database,
    judge,
    telemetry,
    clock,
    stopping: new AbortController().signal,
  } as unknown as ServerContext;
  const role = await startAdmission(context);
  stack.defer(() => role.stop());
  return {
    database,
    role,
    ask: async (tag) => (await askAdmission(role.url, podReview(`${OURS}/team/app:${tag}`))).response,
  };
}

async function push(database: Database, tag: string): Promise<Digest> {
  const digest = digestOf(tag);
  await database.registry.putManifest(
    {
      repository: "team/app",
      digest,
      mediaType: OCI_MANIFEST,
      kind: "image",
      sizeBytes: 1,
      platform: "linux/amd64",
      references: [],
      pushedBy: "admin",
      pushedAt: new Date().toISOString(),
    },
    tag,
  );
  return digest;
}

function report(digest: Digest, gaps: ScanReport["coverageGaps"], findings: ScanReport["findings"]): ScanReport {
  return {
    image: {
      digest,
      mediaType: OCI_MANIFEST,
      platform: { os: "linux", architecture: "amd64" },
      sizeBytes: 1,
      layers: [],
    },
    inventory: { status: "complete", packages: [], problems: [], analyzers: {} },
    findings,
    coverageGaps: gaps,
    database: ADVISORIES,
  };
}

const FINDING: ScanReport["findings"][number] = {
  kind: "vulnerability",
  state: "affected",
  id: "CVE-2026-1",
  aliases: [],
  severity: "high",
  title: "a bug",
  package: { type: "npm", name: "left-pad", version: "1.0.0" },
  evidence: { layer: digestOf("l"), layerIndex: 0, path: "package.json", analyzer: "npm" },
  fixedVersions: ["1.0.1"],
  match: { advisoryId: "GHSA-1", ecosystem: "npm", packageName: "left-pad", version: "1.0.0", range: "< 1.0.1" },
};

describe("with a real judge and database", () => {
  it("good, bad, unknown and absent images get their verdicts, which are recorded", async () => {
    const { database, ask } = await startGate();
    for (const tag of ["good", "bad", "unknown"]) {
      const digest = await push(database, tag);
      const gaps: ScanReport["coverageGaps"] = tag === "unknown" ? [{ code: "DISTRIBUTION_UNKNOWN" }] : [];
      await database.scans.finish(digest, {
        state: "done",
        report: report(digest, gaps, tag === "bad" ? [FINDING] : []),
      });
    }
    const good = await ask("good");
    expect(good.allowed).toBe(true);
    expect(JSON.parse(Buffer.from(good.patch ?? "", "base64").toString())).toContainEqual({
      op: "replace",
      path: "/spec/containers/0/image",
      value: `${OURS}/team/app@${digestOf("good")}`,
    });
    const bad = await ask("bad");
    expect(bad).toMatchObject({ allowed: false, status: { code: 403 } });
    expect(bad.status?.message).toContain("left-pad 1.0.0 has CVE-2026-1 (high). It is fixed in 1.0.1");
    expect(await ask("unknown")).toMatchObject({ allowed: false, status: { code: 503 } });
    expect(await ask("absent")).toMatchObject({ allowed: false, status: { code: 503 } });
    await database.decisions.flush();
    const recorded = await database.decisions.list({ limit: 10 });
    expect(
      recorded
        .map((each) => `${each.reference.split(":").at(-1) ?? ""} ${each.outcome}`)
        .toSorted((a, b) => a.localeCompare(b, "en")),
    ).toEqual(["absent undecided", "bad deny", "good allow", "unknown undecided"]);
  });

  it("a Pod whose image was just pushed waits for its scan", async () => {
    const { database, ask } = await startGate();
    const digest = await push(database, "new");
    const answer = ask("new");
    await database.scans.markRunning(digest);
    await database.scans.finish(digest, { state: "done", report: report(digest, [], []) });
    expect(await answer).toMatchObject({ allowed: true });
  });

  it("a tag that moves is judged by what it names now", async () => {
    const { database, ask } = await startGate();
    const good = await push(database, "good");
    await database.scans.finish(good, { state: "done", report: report(good, [], []) });
    expect(await ask("good")).toMatchObject({ allowed: true });
    const bad = digestOf("bad");
    const record = await database.registry.findManifest("team/app", { tag: "good" });
    await database.scans.finish(bad, { state: "done", report: report(bad, [], [FINDING]) });
    if (record !== undefined) {
      await database.registry.putManifest({ ...record, digest: bad }, "good");
    }
    await database.events.publish({ type: "image-pushed", repository: "team/app", tag: "good", digest: bad });
    await expect.poll(async () => (await ask("good")).allowed).toBe(false);
  });

  it("an image that is let through unchecked passes while the database is gone", async () => {
    const { database, ask } = await startGate([
      {
        kind: "ClusterImagePolicy",
        name: "open",
        repositories: [{ name: `${OURS}/team/app:free` }, ...(DEFAULT_REGISTRY_POLICIES[0]?.repositories ?? [])],
      },
    ]);
    await database[Symbol.asyncDispose]();
    expect(await ask("free")).toMatchObject({ allowed: true });
    expect(await ask("good")).toMatchObject({ allowed: false, status: { code: 503 } });
  });
});
