// SPDX-License-Identifier: Apache-2.0
import { randomInt } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { buildImage, type TestImage } from "../support/image-builder.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { fetchToken } from "../support/registry-client.ts";
import { rounds } from "../support/rounds.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";

const ROUNDS = rounds({ short: 3, long: 100 });
const PUSHERS = 4;

/** What a client was told is stored: the digest, and where. */
interface Acknowledged {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  readonly blobs: readonly Digest[];
}

describe("kill -9 in the middle of pushes", () => {
  let folder: string;
  let server: ServerProcess | undefined;
  beforeAll(async () => {
    folder = createReachableFolder("haechi-crash-");
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it(`loses nothing acknowledged in ${ROUNDS} rounds`, { timeout: ROUNDS * 60_000 }, async () => {
    const acknowledged: Acknowledged[] = [];
    let password = "";
    for (let round = 0; round < ROUNDS; round++) {
      server = await startServerProcess({ dataDir: join(folder, "data") });
      password ||= server.password;
      const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
      await verify(server, password, acknowledged);
      const stop = { isStopped: false };
      const pushers = Array.from({ length: PUSHERS }, (_, pusher) =>
        pushUntilKilled(server as ServerProcess, { authorization, name: `r${round}p${pusher}`, acknowledged, stop }),
      );
      // a random instant: the test is about every instant
      await new Promise((resolve) => {
        setTimeout(resolve, randomInt(200, 1_200));
      });
      await server.kill();
      stop.isStopped = true;
      await Promise.all(pushers);
    }
    expect(acknowledged.length).toBeGreaterThan(0);
    server = await startServerProcess({ dataDir: join(folder, "data") });
    await verify(server, password, acknowledged);
  });
});

async function pushUntilKilled(
  server: ServerProcess,
  work: {
    readonly authorization: string;
    readonly name: string;
    readonly acknowledged: Acknowledged[];
    readonly stop: { isStopped: boolean };
  },
): Promise<void> {
  for (let count = 0; !work.stop.isStopped; count++) {
    const image = buildImage([
      {
        entries: [
          { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
          {
            path: "var/lib/dpkg/status",
            content: "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4+deb12u12\n",
          },
          { path: "data", content: `${work.name} ${count} `.repeat(2_000) },
        ],
      },
    ]);
    const repository = `crash/${work.name}`;
    const tag = `t${count % 5}`;
    // From here on the tag may name either image: a push can be stored without its answer having arrived.
    const superseded = work.acknowledged.findIndex((each) => each.repository === repository && each.tag === tag);
    if (superseded >= 0) {
      work.acknowledged.splice(superseded, 1);
    }
    try {
      await push(server, work.authorization, { repository, tag, image });
    } catch {
      // killed in the middle: nothing was acknowledged
      return;
    }
    const blobs = [...image.blobs.keys()].filter((digest) => digest !== image.manifest.digest);
    work.acknowledged.push({ repository, tag, digest: image.manifest.digest, blobs });
  }
}

async function push(
  server: ServerProcess,
  authorization: string,
  what: { readonly repository: string; readonly tag: string; readonly image: TestImage },
): Promise<void> {
  const base = `http://${server.registry}/v2/${what.repository}`;
  async function put(url: string, body: Buffer, type: string, expected: number): Promise<void> {
    const response = await fetch(url, {
      method: url.includes("/blobs/uploads/") ? "POST" : "PUT",
      headers: { authorization, "content-type": type },
      body: new Uint8Array(body),
    });
    await response.arrayBuffer();
    if (response.status !== expected) {
      throw new Error(`${url}: ${response.status}`);
    }
  }
  for (const [digest, bytes] of what.image.blobs) {
    if (digest !== what.image.manifest.digest) {
      await put(`${base}/blobs/uploads/?digest=${digest}`, bytes, "application/octet-stream", 201);
    }
  }
  const manifest = what.image.blobs.get(what.image.manifest.digest) ?? Buffer.alloc(0);
  await put(`${base}/manifests/${what.tag}`, manifest, what.image.manifest.mediaType, 201);
}

/** Every acknowledged tag still names its manifest, and every blob has the bytes of its digest. */
async function verify(server: ServerProcess, password: string, acknowledged: readonly Acknowledged[]): Promise<void> {
  for (const { repository, tag, digest, blobs } of acknowledged) {
    const base = `http://${server.registry}/v2/${repository}`;
    // `inspect`, since what was pushed a moment ago is not scanned yet, so the gate would hold it
    const scope = { repository, actions: "pull,inspect" };
    const token = await fetchToken(server.registry, scope, { username: "admin", password });
    const headers = { authorization: `Bearer ${token}` };
    const manifest = await fetch(`${base}/manifests/${tag}`, { headers });
    const found = digestOf(new Uint8Array(await manifest.arrayBuffer()));
    expect({ repository, tag, status: manifest.status, digest: found }).toEqual({
      repository,
      tag,
      status: 200,
      digest,
    });
    for (const blob of blobs) {
      const response = await fetch(`${base}/blobs/${blob}`, { headers });
      expect(digestOf(new Uint8Array(await response.arrayBuffer()))).toBe(blob);
    }
  }
}
