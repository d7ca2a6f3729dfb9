// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Role, RunningImage } from "#database";
import type { PolicyDocument } from "#policy";
import {
  type ApiTestBed,
  addAccount,
  BAD_PACKAGES,
  createApiTestBed,
  DEBIAN_PACKAGES,
  finishScan,
  pushImage,
} from "../../../../test/support/api-server.ts";
import { runCommandLine } from "../../../../test/support/run-command-line.ts";
import { startApi } from "../api/index.ts";
import type { RunningRole } from "../context.ts";

const PASSWORD = "correct horse battery";
const NOW = new Date("2026-11-22T12:00:00Z");
const REGISTRY = "127.0.0.1:5000";

/** Everything passes that is scanned. */
const IN_FORCE: readonly PolicyDocument[] = [
  { kind: "ClusterImagePolicy", name: "base", repositories: [{ name: "*", policy: { scan: { required: true } } }] },
];

const STRICTER = `apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata: {name: base}
spec: {repositories: [{name: "*", policy: {scan: {required: true}, vulnerability: {maxSeverity: none}}}]}
`;
const SIGNED = STRICTER.replace("vulnerability: {maxSeverity: none}", "trust: {enabled: true, trustOnFirstUse: true}");

interface Change {
  readonly reference: string;
  readonly change: string;
  readonly owners: readonly { readonly name: string; readonly isRunning: boolean }[];
  readonly after: { readonly outcome: string; readonly reasons: readonly { readonly code: string }[] };
}

describe("POST /api/v1/policy/replay", () => {
  let bed: ApiTestBed;
  let api: RunningRole;
  const cookies = new Map<Role, string>();

  beforeAll(async () => {
    bed = await createApiTestBed({ policies: IN_FORCE, registryNames: [REGISTRY], now: () => NOW });
    const good = await pushImage(bed.database, { repository: "shop/web", tag: "1" });
    const bad = await pushImage(bed.database, { repository: "shop/old", tag: "1" });
    const gone = await pushImage(bed.database, { repository: "shop/gone", tag: "1" });
    await finishScan(bed.database, gone.digest, { packages: BAD_PACKAGES });
    await finishScan(bed.database, good.digest, { packages: DEBIAN_PACKAGES });
    await finishScan(bed.database, bad.digest, { packages: BAD_PACKAGES });
    const runs = (name: string, reference: string, digest: typeof good.digest): RunningImage => ({
      namespace: "shop",
      owner: { apiVersion: "apps/v1", kind: "Deployment", name, uid: name },
      reference,
      digest,
      containers: ["c"],
      podCount: 1,
      pods: [],
      standing: "admitted",
      verdict: { outcome: "allow", reasons: [], mode: "enforce" },
      firstSeenAt: NOW.toISOString(),
    });
    await bed.database.workloads.save([
      runs("web", `${REGISTRY}/shop/web:1`, good.digest),
      runs("old", `${REGISTRY}/shop/old:1`, bad.digest),
      runs("older", `${REGISTRY}/shop/old:1`, bad.digest),
    ]);
    for (const [reference, decidedAt] of [
      [`${REGISTRY}/shop/gone:1`, "2026-11-20T00:00:00Z"],
      [`${REGISTRY}/shop/ancient:1`, "2026-09-01T00:00:00Z"],
    ] as const) {
      bed.database.decisions.record({
        gate: "admission",
        actor: "system:serviceaccount:kube-system:replicaset-controller",
        reference,
        digest: gone.digest,
        namespace: "shop",
        outcome: "allow",
        reasons: [],
        kind: "Pod",
        name: "gone-1",
        requestId: "r",
        durationMs: 1,
        decidedAt,
      });
    }
    await bed.database.decisions.flush();
    api = await startApi(bed.context, { consoleFolder: "/nowhere" });
    for (const role of ["ADMIN", "VIEWER"] as const) {
      const name = role.toLowerCase();
      await addAccount(bed.database, { name, role, password: PASSWORD });
      const answer = await send("/api/v1/session", { name, password: PASSWORD });
      cookies.set(role, answer.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "");
    }
  });

  afterAll(async () => {
    await api?.stop();
    await bed?.[Symbol.asyncDispose]();
  });

  async function send(path: string, body: object, role?: Role): Promise<Response> {
    const cookie = role === undefined ? undefined : cookies.get(role);
    return await fetch(`${api.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(cookie === undefined ? {} : { cookie }) },
      body: JSON.stringify(body),
    });
  }

  async function replay(body: object, role: Role = "VIEWER") {
    const answer = await send("/api/v1/policy/replay", body, role);
    return { status: answer.status, body: (await answer.json()) as any };
  }

  it("wants somebody who is signed in", async () => {
    expect((await send("/api/v1/policy/replay", { policies: STRICTER })).status).toBe(401);
  });

  it.each([
    { name: "policies that are none", policies: "kind: Pod", status: 422, code: "POLICY_INVALID" },
    {
      name: "a misspelt check",
      policies: STRICTER.replace("maxSeverity", "maxSeverty"),
      status: 422,
      code: "POLICY_INVALID",
    },
  ])("refuses $name", async ({ policies, status, code }) => {
    expect(await replay({ policies })).toMatchObject({ status, body: { error: { code } } });
  });

  it("a time that is none is refused", async () => {
    expect(await replay({ policies: STRICTER, since: "yesterday" })).toMatchObject({ status: 400 });
  });

  it("says what would be denied, of what runs and of what was admitted since then, with the owners", async () => {
    const { status, body } = await replay({ policies: STRICTER, since: "30d" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ running: 3, admitted: 1, isCut: false, counts: { "newly-denied": 2, same: 1 } });
    const changes: readonly Change[] = body.changes;
    expect(changes.map(({ reference, change }) => `${reference} ${change}`).toSorted()).toEqual([
      `${REGISTRY}/shop/gone:1 newly-denied`,
      `${REGISTRY}/shop/old:1 newly-denied`,
    ]);
    const old = changes.find(({ reference }) => reference.endsWith("old:1"));
    expect(old?.owners.map(({ name }) => name).toSorted()).toEqual(["old", "older"]);
    expect(old?.after.reasons[0]?.code).toBe("VULNERABILITY");
  });

  it("signatures that nobody has looked up are undecided, not denied", async () => {
    const { body } = await replay({ policies: SIGNED });
    expect(body.counts).toMatchObject({ "newly-denied": 0, "newly-undecided": 3 });
  });

  it("policies in force that are not in the files stay, unless these are all", async () => {
    const namespaced = STRICTER.replace("ClusterImagePolicy", "ImagePolicy").replace(
      "{name: base}",
      "{name: base, namespace: other}",
    );
    expect((await replay({ policies: namespaced })).body.counts).toMatchObject({ "newly-denied": 0 });
    expect((await replay({ policies: namespaced, only: true })).body.counts).toMatchObject({ "newly-denied": 3 });
  });

  it("leaves no trace: no decision, no session of its own making", async () => {
    const before = await bed.database.decisions.list({ limit: 100 });
    await replay({ policies: STRICTER });
    await bed.database.decisions.flush();
    expect(await bed.database.decisions.list({ limit: 100 })).toEqual(before);
  });

  describe("haechi policy replay", () => {
    const folder = mkdtempSync(join(tmpdir(), "haechi-replay-"));

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    async function run(policies: string, password: string, ...words: readonly string[]) {
      const file = join(folder, "changed.yaml");
      writeFileSync(file, policies);
      const line = ["policy", "replay", file, "--server", api.url, "--username", "viewer", ...words];
      return await runCommandLine(line, { folder, variables: { HAECHI_PASSWORD: password } });
    }

    it("shows what would be denied and exits with 1", async () => {
      const { code, stdout, stderr } = await run(STRICTER, PASSWORD);
      expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
      expect(stdout).toMatch(/^3 images judged/);
      expect(stdout).toContain("2  would be denied");
      expect(stdout).toContain(`${REGISTRY}/shop/old:1 (shop): allow → deny`);
      expect(stdout).toContain("Deployment shop/older");
    });

    it("exits with 0 when nothing changes, in Korean too, and signs out", async () => {
      const same = STRICTER.replace(", vulnerability: {maxSeverity: none}", "");
      const { code, stdout } = await run(same, PASSWORD, "--lang", "ko");
      expect(code).toBe(0);
      expect(stdout).toContain("변화 없음");
      const audit = await bed.database.audit.list({ limit: 1 });
      expect(audit[0]?.action).toBe("logout");
    });

    it("a wrong password is no result, and is not repeated", async () => {
      const { code, stdout, stderr } = await run(STRICTER, "not the password");
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain("LOGIN_FAILED");
      expect(stderr).not.toContain("not the password");
    });
  });

  it("one after the other: a second one at the same time is told to wait", async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => replay({ policies: STRICTER })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(200);
    expect(statuses.every((status) => status === 200 || status === 429)).toBe(true);
  });
});
