// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, it } from "vitest";
import { openRepository } from "#image-source";
import { eventually } from "../support/eventually.ts";
import { buildImage } from "../support/image-builder.ts";
import { NEW_PASSWORD } from "../support/new-password.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";

const DEBIAN = {
  entries: [
    { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
    {
      path: "var/lib/dpkg/status",
      content: "Package: base-files\nStatus: install ok installed\nArchitecture: all\nVersion: 12.4+deb12u12\n\n",
    },
  ],
};
const LODASH = { path: "srv/node_modules/lodash/package.json", content: '{"name":"lodash","version":"4.17.4"}' };
const BAD = buildImage([DEBIAN, { entries: [LODASH] }]);
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const REPORT = "application/vnd.security.vulnerability.report; version=1.1";
const REQUEST = "application/vnd.scanner.adapter.scan.request+json; version=1.1";

const running: ServerProcess[] = [];

afterEach(async () => {
  for (const server of running.splice(0).reverse()) {
    await server.stop();
  }
});

type Ask = <T>(method: string, path: string, body?: object) => Promise<T>;

async function start(args: readonly string[] = []): Promise<{ readonly server: ServerProcess; readonly ask: Ask }> {
  const server = await startServerProcess({ args });
  running.push(server);
  async function send(method: string, path: string, body?: object, cookie = ""): Promise<Response> {
    return await fetch(`${server.consoleUrl}${path}`, {
      method,
      headers: { cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
  async function login(password: string): Promise<string> {
    const answer = await send("POST", "/api/v1/session", { name: "admin", password });
    return answer.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
  }
  const change = { currentPassword: server.password, newPassword: NEW_PASSWORD };
  await send("POST", "/api/v1/session/password", change, await login(server.password));
  const cookie = await login(NEW_PASSWORD);
  return {
    server,
    ask: async <T>(method: string, path: string, body?: object) => {
      const answer = await send(method, path, body, cookie);
      const text = await answer.text();
      if (!answer.ok) {
        throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      }
      return (text === "" ? undefined : JSON.parse(text)) as T;
    },
  };
}

async function push(server: ServerProcess): Promise<void> {
  await using repository = await openRepository(
    { registry: server.registry, repository: "team/app" },
    { credentials: { username: "admin", password: NEW_PASSWORD }, scopes: ["pull", "push"] },
  );
  for (const [digest, bytes] of BAD.blobs) {
    if (digest !== BAD.manifest.digest) {
      await repository.pushBlob(bytes);
    }
  }
  const bytes = BAD.blobs.get(BAD.manifest.digest) ?? new Uint8Array();
  await repository.pushManifest("1", BAD.manifest.mediaType, bytes);
}

interface NewKey {
  readonly key: { readonly accessKey: string };
  readonly secretKey: string;
}

it("one Haechi is the scanner of another: it scans with the token that comes along, and its report is shown beside ours", async () => {
  const ours = await start();
  const theirs = await start(["--harbor-scanner-registries", ours.server.registry]);
  const made = await theirs.ask<NewKey>("POST", "/api/v1/registry/keys", { description: "harbor" });
  const {
    key: { accessKey },
    secretKey,
  } = made;
  const basic = `Basic ${Buffer.from(`${accessKey}:${secretKey}`).toString("base64")}`;
  const base = `${theirs.server.consoleUrl}/api/v1/harbor-scanner`;
  await ours.ask("PUT", "/api/v1/registry/scanner", {
    name: "theirs",
    scanner: { url: base, isEnabled: true, prefix: "team", registryUrl: `http://${ours.server.registry}` },
    credentials: { kind: "basic", username: accessKey, password: secretKey },
  });
  await push(ours.server);
  interface Detail {
    readonly platforms: readonly {
      readonly counts: readonly { readonly severity: string; readonly total: number }[];
      readonly foreignReports?: readonly {
        readonly scannerName: string;
        readonly total: number;
        readonly severities: readonly { readonly severity: string; readonly total: number }[];
        readonly vulnerabilities: readonly { readonly package: string }[];
      }[];
    }[];
  }
  const platform = await eventually(async () => {
    const [first] = (await ours.ask<Detail>("GET", "/api/v1/image?image=team/app:1")).platforms;
    return first?.foreignReports === undefined || first.counts.length === 0 ? undefined : first;
  });
  const [report] = platform.foreignReports ?? [];
  expect(report).toMatchObject({ scannerName: "Haechi", scanner: "theirs", counts: false, leftOut: 0 });
  expect(report?.vulnerabilities.every((each) => each.package === "lodash")).toBe(true);
  // the same scanner with the same advisories finds the same
  expect(report?.severities.map(({ severity, total }) => [severity, total])).toEqual(
    platform.counts.map(({ severity, total }) => [severity, total]),
  );
  const { jobs } = await ours.ask<{ jobs: { kind: string; state: string }[] }>(
    "GET",
    "/api/v1/registry/jobs?kind=external-scan",
  );
  expect(jobs.some(({ state }) => state === "done")).toBe(true);

  // the same as a registry that is no Haechi asks, by the letter of the specification
  const registry = {
    url: `http://${ours.server.registry}`,
    authorization: `Basic ${Buffer.from(`admin:${NEW_PASSWORD}`).toString("base64")}`,
  };
  const artifact = { repository: "team/app", digest: BAD.manifest.digest, tag: "1", mime_type: MANIFEST };
  async function scan(body: object, authorization = basic): Promise<Response> {
    const headers = { authorization, "content-type": REQUEST };
    return await fetch(`${base}/api/v1/scan`, { method: "POST", headers, body: JSON.stringify(body) });
  }
  async function fetchReport(id: string, accept: string, more = "", authorization = basic): Promise<Response> {
    const headers = { authorization, accept };
    return await fetch(`${base}/api/v1/scan/${id}/report${more}`, { headers, redirect: "manual" });
  }
  const metadata = await fetch(`${base}/api/v1/metadata`, {
    headers: { authorization: `Bearer ${accessKey}:${secretKey}` },
  });
  expect([metadata.status, metadata.headers.get("content-type")]).toEqual([
    200,
    "application/vnd.scanner.adapter.metadata+json; version=1.1",
  ]);
  expect(await metadata.json()).toMatchObject({
    scanner: { name: "Haechi" },
    capabilities: [{ type: "vulnerability" }, { type: "sbom" }],
  });
  expect((await fetch(`${base}/api/v1/metadata`)).status).toBe(401);
  expect((await scan({ registry, artifact }, "Basic bm86bm8=")).status).toBe(401);
  for (const [body, status] of [
    [{ artifact }, 422],
    [{ registry, artifact: { ...artifact, digest: "latest" } }, 422],
    [{ registry: { ...registry, url: "http://169.254.169.254" }, artifact }, 422],
    [{ registry: { ...registry, url: `http://${theirs.server.registry}` }, artifact }, 422],
    [{ registry: { ...registry, authorization: "Digest x" }, artifact }, 422],
    [{ registry, artifact: { ...artifact, mime_type: "application/vnd.oci.image.index.v1+json" } }, 501],
    // whoever cannot read the image is not told what was found in it
    [{ registry: { url: registry.url }, artifact }, 500],
  ] as const) {
    expect([body, (await scan(body)).status]).toEqual([body, status]);
  }
  const accepted = await scan({ registry, artifact });
  expect([accepted.status, accepted.headers.get("content-type")]).toEqual([
    202,
    "application/vnd.scanner.adapter.scan.response+json; version=1.0",
  ]);
  const { id } = (await accepted.json()) as { readonly id: string };
  const found = await eventually(async () => {
    const answer = await fetchReport(id, REPORT);
    expect([200, 302]).toContain(answer.status);
    expect(answer.headers.get("refresh-after")).toBe(answer.status === 302 ? "2" : null);
    return answer.status === 200 ? answer : undefined;
  });
  expect(found.headers.get("content-type")).toBe(REPORT);
  expect(await found.json()).toMatchObject({
    artifact,
    severity: "Critical",
    vulnerabilities: expect.arrayContaining([expect.objectContaining({ package: "lodash", version: "4.17.4" })]),
  });
  const sbomType = "application/vnd.security.sbom.report+json; version=1.0";
  expect((await fetchReport(id, sbomType)).status).toBe(400);
  for (const [type, sbom] of [
    ["application/spdx+json", { spdxVersion: "SPDX-2.3" }],
    ["application/vnd.cyclonedx+json", { bomFormat: "CycloneDX" }],
  ] as const) {
    const answer = await fetchReport(id, sbomType, `?sbom_media_type=${encodeURIComponent(type)}`);
    expect(await answer.json()).toMatchObject({ media_type: type, sbom });
  }
  expect((await fetchReport(id, "application/vnd.scanner.adapter.vuln.report.raw")).status).toBe(501);
  expect((await fetchReport(`${id}x`, REPORT)).status).toBe(404);
  expect((await fetchReport("3fa85f64-5717-4562-b3fc-2c963f66afa6", REPORT)).status).toBe(404);
}, 180_000);
