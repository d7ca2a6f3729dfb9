// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { openRepository } from "#image-source";
import { askAdmission, podReview } from "../support/admission-client.ts";
import { eventually } from "../support/eventually.ts";
import { startForeignRegistry } from "../support/foreign-registry.ts";
import { buildImage, buildIndex, type TestImage } from "../support/image-builder.ts";
import { createEmptyDatabase, createTestFolder } from "../support/postgres.ts";
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
const GOOD = buildImage([DEBIAN]);
const BAD = buildImage([DEBIAN, { entries: [LODASH] }]);
const POLICY = `apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata: { name: scanned }
spec:
  repositories:
    - name: "*"
      policy:
        scan: { required: true }
        vulnerability: { maxSeverity: medium }
`;

const running: ServerProcess[] = [];

afterEach(async () => {
  for (const server of running.splice(0).reverse()) {
    await server.stop();
  }
});

/** Two processes that share a database and a key, as the chart starts them. */
async function startSplit(): Promise<{ readonly server: ServerProcess; readonly gate: ServerProcess }> {
  const folder = await createTestFolder();
  const [policies, key] = ["policies.yaml", "secret.key"].map((name) => join(folder, name));
  writeFileSync(policies ?? "", POLICY);
  writeFileSync(key ?? "", `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
  const shared = [
    ...["--database-url", await createEmptyDatabase()],
    ...["--policy-files", policies ?? ""],
    ...["--secret-key-file", key ?? ""],
  ];
  mkdirSync(join(folder, "server"));
  mkdirSync(join(folder, "gate"));
  const server = await startServerProcess({
    dataDir: join(folder, "server"),
    args: [...shared, "--roles", "registry,api,scanner"],
  });
  running.push(server);
  const gate = await startServerProcess({
    dataDir: join(folder, "gate"),
    args: [
      ...shared,
      ...["--roles", "gate"],
      ...["--registry-names", server.registry],
      ...["--registry-reachable-at", server.registry],
    ],
  });
  running.push(gate);
  return { server, gate };
}

async function push(
  server: ServerProcess,
  tag: string,
  image: TestImage,
  children: readonly TestImage[],
): Promise<void> {
  const credentials = { username: "admin", password: server.password };
  await using repository = await openRepository(
    { registry: server.registry, repository: "team/app" },
    { credentials, scopes: ["pull", "push"] },
  );
  const manifests = new Map([...children, image].map(({ manifest }) => [manifest.digest, manifest.mediaType]));
  for (const [digest, bytes] of image.blobs) {
    if (!manifests.has(digest)) {
      await repository.pushBlob(bytes);
    }
  }
  for (const [digest, mediaType] of manifests) {
    const name = digest === image.manifest.digest ? tag : digest;
    await repository.pushManifest(name, mediaType, image.blobs.get(digest) ?? new Uint8Array());
  }
}

async function ask(gate: ServerProcess, image: string): Promise<{ readonly allowed: boolean; readonly said: string }> {
  const { response } = await askAdmission(gate.admissionUrl, podReview(image));
  const patch = Buffer.from(response.patch ?? "", "base64").toString();
  return { allowed: response.allowed, said: patch + (response.status?.message ?? "") };
}

it("a gate that stores nothing judges images of our registry by what lies there, and those of others by scanning them", async () => {
  const { server, gate } = await startSplit();
  const index = buildIndex([{ image: GOOD, os: "linux", architecture: "amd64" }]);
  await push(server, "good", GOOD, []);
  await push(server, "multi", index, [GOOD]);
  await push(server, "bad", BAD, []);
  for (const [tag, digest] of [
    ["good", GOOD.manifest.digest],
    ["multi", index.manifest.digest],
  ] as const) {
    const answer = await ask(gate, `${server.registry}/team/app:${tag}`);
    expect(answer).toEqual({ allowed: true, said: expect.stringContaining(digest) });
  }
  const refused = await ask(gate, `${server.registry}/team/app:bad`);
  expect([refused.allowed, refused.said]).toEqual([false, expect.stringContaining("lodash 4.17.4")]);
  expect(existsSync(join(gate.dataDir, "registry"))).toBe(false);

  await using registry = await startForeignRegistry();
  // other bytes than those that our own scanner knows by now
  const GOOD_THERE = buildImage([DEBIAN, { entries: [{ path: "there" }] }]);
  const BAD_THERE = buildImage([DEBIAN, { entries: [LODASH, { path: "there" }] }]);
  registry.push("app", "good", GOOD_THERE);
  registry.push("app", "bad", BAD_THERE);
  const allowed = await eventually(async () => {
    // the first review may be over before the scan is
    const answer = await ask(gate, registry.reference("app:good"));
    return answer.allowed ? answer : undefined;
  });
  expect(allowed.said).toContain(`${registry.host}/app@${GOOD_THERE.manifest.digest}`);
  const denied = await eventually(async () => {
    const answer = await ask(gate, registry.reference("app:bad"));
    return answer.said.includes("lodash 4.17.4") ? answer : undefined;
  });
  expect(denied.allowed).toBe(false);
}, 180_000);
