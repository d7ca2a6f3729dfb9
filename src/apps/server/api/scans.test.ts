// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { Role } from "#database";
import {
  type ApiTestBed,
  addAccount,
  BAD_PACKAGES,
  createApiTestBed,
  finishScan,
  pushImage,
} from "../../../../test/support/api-server.ts";
import type { ApiApp } from "./api-app.ts";
import { createApi } from "./create-api.ts";
import type { ScanJobBody } from "./schemas/scans.ts";

const PASSWORD = "the gate is guarded";
const open: { readonly app: ApiApp; readonly bed: ApiTestBed }[] = [];

afterEach(async () => {
  for (const { app, bed } of open.splice(0)) {
    await app.close();
    await bed[Symbol.asyncDispose]();
  }
});

function scansIn(answer: { json(): unknown }): readonly ScanJobBody[] {
  return (answer.json() as { readonly scans: readonly ScanJobBody[] }).scans;
}

async function openAs(role: Role) {
  const bed = await createApiTestBed();
  const app = await createApi(bed.context, { consoleFolder: "/nowhere" });
  open.push({ app, bed });
  await addAccount(bed.database, { name: "somebody", role, password: PASSWORD });
  const host = "127.0.0.1:8080";
  const body = { name: "somebody", password: PASSWORD };
  const login = await app.inject({ method: "POST", url: "/api/v1/session", headers: { host }, payload: body });
  const cookie = String(login.headers["set-cookie"]).split(";")[0] ?? "";
  const image = await pushImage(bed.database, { repository: "team/app", tag: "1.0" });
  return {
    bed,
    image,
    send: (method: "GET" | "POST" | "DELETE", url: string, payload?: object) =>
      app.inject({ method, url, headers: { host, cookie }, ...(payload === undefined ? {} : { payload }) }),
  };
}

describe("who may do what", () => {
  it.each([
    { role: "ADMIN" as const, may: true },
    { role: "IMAGE_UPLOADER" as const, may: true },
    { role: "VIEWER" as const, may: false },
  ])("$role reads scans; asks, stops and tries again: $may", async ({ role, may }) => {
    const { send } = await openAs(role);
    const [job] = scansIn(await send("GET", "/api/v1/scans"));
    for (const [method, url, body, status] of [
      ["POST", "/api/v1/image/scan", { image: "team/app:1.0" }, 202],
      ["DELETE", "/api/v1/image/scan?image=team/app:1.0", undefined, 200],
      ["POST", "/api/v1/scan/retry", { id: job?.id }, 202],
    ] as const) {
      expect([url, (await send(method, url, body)).statusCode]).toEqual([url, may ? status : 403]);
    }
    const [newest] = scansIn(await send("GET", "/api/v1/scans"));
    expect((await send("DELETE", `/api/v1/scan?id=${newest?.id ?? 0}`)).statusCode).toBe(may ? 200 : 403);
    expect((await send("GET", "/api/v1/images/holding?packageName=lodash")).statusCode).toBe(200);
  });

  it("PERMISSION neither reads scans nor asks for any", async () => {
    const { send } = await openAs("PERMISSION");
    for (const [method, url, body] of [
      ["GET", "/api/v1/scans"],
      ["GET", "/api/v1/images/holding?packageName=lodash"],
      ["POST", "/api/v1/image/scan", { image: "team/app:1.0" }],
    ] as const) {
      expect([url, (await send(method, url, body)).statusCode]).toEqual([url, 403]);
    }
  });
});

describe("scans", () => {
  it("are listed with what they are about, how far they are, and whether they can be stopped", async () => {
    const { send, bed, image } = await openAs("VIEWER");
    await bed.database.scans.markRunning(image.digest);
    await bed.database.scanJobs.noteProgress(image.digest, { doneBytes: 10, totalBytes: 40 });
    const remote = digestOf("remote");
    await bed.database.remoteImages.claimScan(remote, 60_000);
    const scans = scansIn(await send("GET", "/api/v1/scans"));
    expect(scans).toMatchObject([
      { digest: remote, reason: "admission", isStoppable: false },
      {
        digest: image.digest,
        reason: "push",
        requestedBy: "admin",
        state: "running",
        doneBytes: 10,
        totalBytes: 40,
        isStoppable: true,
        names: ["team/app:1.0", `team/app@${image.digest}`],
      },
    ]);
    const found = async (query: string) => scansIn(await send("GET", `/api/v1/scans?${query}`)).length;
    expect(await found("reason=push")).toBe(1);
    expect(await found("state=done")).toBe(0);
    expect(await found("repository=team/app")).toBe(1);
    expect(await found(`digest=${remote}`)).toBe(1);
    expect(await found(`before=${scans[0]?.id ?? 0}`)).toBe(1);
    expect((await send("GET", "/api/v1/scans?state=nonsense")).statusCode).toBe(400);
    // the page of the image shows the same scan
    const shown = (await send("GET", "/api/v1/image?image=team/app:1.0")).json();
    expect(shown.platforms[0].job).toEqual(scans[1]);
  });

  it("that are stopped are written down, and cannot be stopped again", async () => {
    const { send, bed, image } = await openAs("ADMIN");
    const [job] = scansIn(await send("GET", "/api/v1/scans"));
    expect((await send("DELETE", `/api/v1/scan?id=${job?.id ?? 0}`)).json()).toEqual({ stopped: 1 });
    expect(await bed.database.scans.find(image.digest)).toMatchObject({
      state: "failed",
      message: "stopped by somebody",
    });
    expect((await bed.database.audit.list({ limit: 1 }))[0]).toMatchObject({
      actor: "somebody",
      action: "scan-stopped",
      target: "team/app:1.0",
    });
    const again = await send("DELETE", `/api/v1/scan?id=${job?.id ?? 0}`);
    expect([again.statusCode, again.json().error.code]).toEqual([409, "SCAN_NOT_STOPPABLE"]);
    expect((await send("DELETE", "/api/v1/image/scan?image=team/app:1.0")).json()).toEqual({ stopped: 0 });
  });

  it("of other registries are neither stopped nor tried again here", async () => {
    const { send, bed } = await openAs("ADMIN");
    await bed.database.remoteImages.claimScan(digestOf("remote"), 60_000);
    const [job] = scansIn(await send("GET", "/api/v1/scans"));
    expect((await send("DELETE", `/api/v1/scan?id=${job?.id ?? 0}`)).json().error.code).toBe("SCAN_NOT_STOPPABLE");
    expect((await send("POST", "/api/v1/scan/retry", { id: job?.id })).json().error.code).toBe("IMAGE_UNKNOWN");
    expect((await send("POST", "/api/v1/scan/retry", { id: 999_999 })).json().error.code).toBe("SCAN_UNKNOWN");
  });
});

describe("what an image holds", () => {
  it("findings of every kind, those that do not count, and one explained", async () => {
    const { send, bed, image } = await openAs("VIEWER");
    await finishScan(bed.database, image.digest, { packages: BAD_PACKAGES });
    const report = (await bed.database.scans.find(image.digest))?.report;
    const [first, ...rest] = report?.findings ?? [];
    if (report === undefined || first === undefined) {
      throw new Error("there is a report with findings");
    }
    await bed.database.scans.finish(image.digest, {
      state: "done",
      report: {
        ...report,
        findings: rest,
        suppressed: [{ finding: first, suppression: { by: "vendor", origin: "DSA-1", status: "notAffected" } }],
        otherFindings: [{ kind: "configuration", rule: "HC002", severity: "medium", title: "No USER", params: {} }],
      },
    });
    const asked = `image=team/app:1.0&digest=${image.digest}`;
    const get = async (path: string) => (await send("GET", `/api/v1/image/${path}`)).json();
    expect((await get(`findings?${asked}`)).total).toBe(rest.length);
    expect(await get(`findings?${asked}&suppressed=true`)).toMatchObject({
      total: 1,
      findings: [{ id: first.id, suppression: { by: "vendor", origin: "DSA-1" } }],
    });
    const observations = await get(`observations?${asked}&kind=configuration&lang=ko`);
    expect(observations).toMatchObject({
      total: 1,
      observations: [{ rule: "HC002", text: expect.stringMatching(/[가-힣]/) }],
    });
    expect((await get(`observations?${asked}&kind=secret`)).total).toBe(0);
    const { explanations } = await get(`explanation?${asked}&id=${first.id.toLowerCase()}`);
    expect(explanations).toMatchObject([
      {
        finding: { id: first.id, suppression: { by: "vendor" } },
        layer: { index: 1, count: 2, createdBy: "COPY . /srv/app # buildkit" },
        remedy: { kind: "upgradePackage", packageName: "lodash", versions: ["4.17.12"] },
      },
    ]);
    expect((await get(`explanation?${asked}&id=nothing`)).explanations).toEqual([]);
    const { scan } = (await send("GET", "/api/v1/image?image=team/app:1.0")).json().platforms[0];
    expect(scan).toMatchObject({ findings: rest.length, configuration: 1, suppressed: 1, secrets: 0 });
  });

  it("is found the other way round, too", async () => {
    const { send, bed, image } = await openAs("VIEWER");
    await finishScan(bed.database, image.digest, { packages: BAD_PACKAGES });
    const found = (await send("GET", "/api/v1/images/holding?vulnerability=cve-2021-*&packageName=LODASH")).json();
    expect(found).toMatchObject({
      total: 1,
      images: [
        {
          digest: image.digest,
          places: [{ repository: "team/app", tag: "1.0" }],
          packages: [{ type: "npm", name: "lodash", version: "4.17.4" }],
          vulnerabilities: [
            { id: "CVE-2021-23337", severity: "high" },
            { id: "CVE-2021-44906", severity: "critical" },
          ],
        },
      ],
    });
    expect((await send("GET", "/api/v1/images/holding")).json()).toEqual({ total: 0, images: [] });
  });
});
