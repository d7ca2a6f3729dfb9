// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningImage } from "#database";
import { type ApiTestBed, addAccount, createApiTestBed, pushImage } from "../../../../test/support/api-server.ts";
import { runCommandLine } from "../../../../test/support/run-command-line.ts";
import { startApi } from "../../server/api/index.ts";
import type { RunningRole } from "../../server/context.ts";

const PASSWORD = "correct horse battery";
let bed: ApiTestBed;
let api: RunningRole;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "haechi-scans-"));
  bed = await createApiTestBed({ isClusterConnected: true });
  api = await startApi(bed.context, { consoleFolder: "/nowhere" });
  await addAccount(bed.database, { name: "admin", role: "ADMIN", password: PASSWORD });
  await addAccount(bed.database, { name: "viewer", role: "VIEWER", password: PASSWORD });
});

afterAll(async () => {
  await api.stop();
  await bed[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function run(words: string) {
  return await runCommandLine(["registry", ...words.split(" ")], {
    folder,
    variables: { HAECHI_SERVER: api.url, HAECHI_PASSWORD: PASSWORD },
  });
}

describe("haechi registry scans", () => {
  it.each([
    {
      name: "somebody who may only read",
      words: "scans start team/app:1.0 --username viewer",
      says: "PERMISSION_DENIED",
    },
    { name: "an image that nobody pushed", words: "scans start team/none:1.0", says: "IMAGE_UNKNOWN" },
    { name: "a number that is none", words: "scans retry first", says: "expected the number" },
    { name: "a scan that there is not", words: "scans retry 999999", says: "SCAN_UNKNOWN" },
    { name: "a state that there is not", words: "scans list --state asleep", says: "REQUEST_INVALID" },
  ])("refuses $name", async ({ words, says }) => {
    const { code, stdout, stderr } = await run(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
  });

  it("list, stop, start and try again", async () => {
    expect((await run("scans list")).stdout).toBe("There are no such scans.\n");
    const { digest } = await pushImage(bed.database, { repository: "team/app", tag: "1.0" });
    await bed.database.scans.markRunning(digest);
    await bed.database.scanJobs.noteProgress(digest, { doneBytes: 10, totalBytes: 40 });
    expect((await run("scans list")).stdout).toMatch(/team\/app:1\.0 +running +25 %/);
    expect((await run("scans list --repository team/other")).stdout).toBe("There are no such scans.\n");

    expect((await run("scans stop team/app:1.0")).stdout).toBe("1 scan is stopped.\n");
    expect((await run("scans stop team/app:1.0")).stdout).toBe("No scan was open.\n");
    const listed = await run("scans list --state cancelled --format json");
    const [stopped] = (JSON.parse(listed.stdout) as { scans: { id: number; message: string }[] }).scans;
    expect(stopped?.message).toBe("stopped by admin");

    expect((await run(`scans retry ${stopped?.id ?? ""}`)).stdout).toBe("1 scan is requested.\n");
    expect((await run("scans start team/app:1.0 --lang ko")).stdout).toBe("검사 1건을 요청했습니다.\n");
    expect((await run("scans list --state pending")).stdout).toMatch(/team\/app:1\.0 +pending/);
  });
});

describe("haechi registry running", () => {
  it("lists what runs, by where it is pulled from", async () => {
    expect(await run("running")).toMatchObject({ stdout: "Nothing such runs.\n", stderr: "" });
    const image = {
      namespace: "shop",
      owner: { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "u1" },
      containers: ["web"],
      pods: [],
      podCount: 3,
      standing: "admitted",
      firstSeenAt: "2026-11-22T09:00:00.000Z",
    } as const satisfies Partial<RunningImage>;
    await bed.database.workloads.save([
      { ...image, reference: "docker.io/library/nginx:1" },
      { ...image, reference: "127.0.0.1:5000/team/app:1.0", owner: { ...image.owner, name: "own", uid: "u2" } },
    ]);
    expect((await run("running")).stdout).toMatch(/shop +Deployment\/web +3 +foreign .*docker\.io\/library\/nginx:1/);
    expect((await run("running --from foreign")).stdout).not.toContain("Deployment/own");
    expect((await run("running --from private")).stdout).toContain("Deployment/own");
    expect((await run("running --from public")).stdout).toBe("Nothing such runs.\n");
    expect((await run("running --from elsewhere")).stderr).toContain("REQUEST_INVALID");
  });
});
