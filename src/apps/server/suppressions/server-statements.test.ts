// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEFAULT_REGISTRY_POLICIES } from "#policy";
import {
  type ApiTestBed,
  BAD_PACKAGES,
  createApiTestBed,
  finishScan,
  pushImage,
} from "../../../../test/support/api-server.ts";
import { eventually } from "../../../../test/support/eventually.ts";
import { SILENT_LOG } from "../../../../test/support/postgres.ts";
import { gatePolicies, ScriptedVerifier } from "../../../../test/support/scripted-verifier.ts";
import { createJudge } from "../judge/index.ts";
import { openServerStatements } from "./open-server-statements.ts";
import { withStatements } from "./with-statements.ts";

const ALL = ["CVE-2019-10744", "CVE-2020-8203", "CVE-2021-23337", "CVE-2021-44906"];

let folder: string;
let bed: ApiTestBed;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "haechi-statements-"));
  bed = await createApiTestBed();
});

afterEach(async () => {
  await bed[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function vex(...ids: readonly string[]): string {
  return JSON.stringify({
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.com/vex",
    author: "us",
    timestamp: "2026-11-01T00:00:00Z",
    version: 1,
    statements: ids.map((name) => ({
      vulnerability: { name },
      products: [{ "@id": "pkg:npm/lodash" }, { "@id": "pkg:npm/minimist" }],
      status: "not_affected",
      justification: "vulnerable_code_not_present",
    })),
  });
}

it("a changed file counts at once, without a scan, also in verdicts that were made before", async () => {
  const file = join(folder, "vex.json");
  const ignoreFile = join(folder, "ignore.yaml");
  writeFileSync(file, vex("CVE-2019-10744"));
  writeFileSync(ignoreFile, "ignore:\n  - id: CVE-2020-8203\n    reason: not reachable\n    permanent: true\n");
  const { events } = bed.database;
  using statements = await openServerStatements({
    files: [file, ignoreFile],
    log: SILENT_LOG,
    onChange: () => void events.publish({ type: "statements-changed" }),
    lookIntervalMs: 3_600_000,
  });
  const { clock, telemetry } = bed.context;
  const database = { ...bed.database, scans: withStatements(bed.database.scans, statements.current, clock) };
  using judge = createJudge({
    database,
    blobs: { read: () => Promise.resolve(undefined) },
    policies: gatePolicies(DEFAULT_REGISTRY_POLICIES, [], undefined),
    verifier: new ScriptedVerifier(),
    advisories: bed.context.judge.advisories,
    clock,
    telemetry: { ...telemetry, metrics: new Registry() },
    registryNames: ["127.0.0.1:5000"],
  });
  const { digest, repository } = await pushImage(bed.database, { repository: "team/app", tag: "1.0" });
  await finishScan(bed.database, digest, { packages: BAD_PACKAGES });
  const judged = async () =>
    (await judge.judge({ reference: "127.0.0.1:5000/team/app:1.0", repository, digest })).verdict.outcome;
  const scan = await database.scans.find(digest);
  expect(scan?.report?.findings.map(({ id }) => id)).toEqual(["CVE-2021-23337", "CVE-2021-44906"]);
  expect(scan?.report?.suppressed).toMatchObject([
    { suppression: { by: "vex", origin: expect.stringContaining(file), status: "notAffected" } },
    { suppression: { by: "ignoreFile", justification: "not reachable" } },
  ]);
  expect(await judged()).toBe("deny");

  expect(await statements.look()).toBe(false);
  writeFileSync(file, vex(...ALL));
  expect(await statements.look()).toBe(true);
  await eventually(async () => ((await judged()) === "allow" ? true : undefined), 10);
  // what is stored is whole
  expect((await bed.database.scans.findMany([digest])).get(digest)?.report?.findings).toHaveLength(4);

  writeFileSync(file, "{");
  expect(await statements.look()).toBe(false);
  expect((await database.scans.findMany([digest])).get(digest)?.report?.findings).toEqual([]);
});

it("a file that is taken away clears nothing any more, and the others go on", async () => {
  const [gone, kept] = [join(folder, "gone.json"), join(folder, "kept.json")];
  writeFileSync(gone, vex("CVE-2024-1"));
  writeFileSync(kept, vex("CVE-2024-2"));
  let changes = 0;
  using statements = await openServerStatements({
    files: [gone, kept],
    log: SILENT_LOG,
    onChange: () => {
      changes += 1;
    },
    lookIntervalMs: 3_600_000,
  });
  rmSync(gone);
  expect(await statements.look()).toBe(true);
  expect(statements.current().map(({ ids }) => ids)).toEqual([["CVE-2024-2"]]);
  expect(changes).toBe(1);
});

it.each([
  { name: "is not there", content: undefined },
  { name: "is not right", content: "{}" },
])("a file that $name ends the start", async ({ content }) => {
  const file = join(folder, "vex.json");
  if (content !== undefined) {
    writeFileSync(file, content);
  }
  const opening = openServerStatements({ files: [file], log: SILENT_LOG, onChange: () => undefined });
  await expect(opening).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringContaining(file),
  });
});
