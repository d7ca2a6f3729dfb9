// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { type DigestAlgorithm, DigestStream, digestOf } from "#base";
import type { Database, NewRegistryJob, RegistryJobRecord } from "#database";
import { type Acknowledged, CRASH_REPOSITORIES } from "./crash-clients.ts";
import type { CrashCheck } from "./crash-log.ts";
import { eventually } from "./eventually.ts";

export const COLLECTION: NewRegistryJob = { kind: "gc", target: "", parameters: {}, requestedBy: "test" };
/** Longer than the grace of a second that the servers are started with. */
const GRACE_MS = 1_200;

/** Every acknowledged manifest is there whole, and every deleted one is gone. */
export async function verifyAcknowledged(
  { registry, token }: { readonly registry: string; readonly token: string },
  acknowledged: Acknowledged,
): Promise<Pick<CrashCheck, "read" | "tags" | "gone">> {
  async function get(path: string): Promise<{ readonly status: number; readonly digest: string }> {
    const answer = await fetch(`http://${registry}/v2/${path}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, digest: digestOf(new Uint8Array(await answer.arrayBuffer())) };
  }
  const read = new Set<string>();
  for (const { repository, digest, blobs } of acknowledged.images.values()) {
    for (const path of [`manifests/${digest}`, ...blobs.map((blob) => `blobs/${blob}`)]) {
      const url = `${repository}/${path}`;
      if (!read.has(url)) {
        read.add(url);
        const wanted = { registry, url, status: 200, digest: path.slice(path.indexOf("/") + 1) };
        expect({ registry, url, ...(await get(url)) }).toEqual(wanted);
      }
    }
  }
  for (const [tag, digest] of acknowledged.tags) {
    const found = await get(tag.replace(":", "/manifests/"));
    expect({ registry, tag, ...found }).toEqual({ registry, tag, status: 200, digest });
  }
  for (const key of acknowledged.deleted) {
    const { status } = await get(key.replace("@", "/manifests/"));
    expect({ registry, key, status }).toEqual({ registry, key, status: 404 });
  }
  return { read: read.size, tags: acknowledged.tags.size, gone: acknowledged.deleted.size };
}

/**
 * What lies on disk has its digest, and some repository has it; what repositories have lies on disk, and what their manifests need they
 * have. Returns how many files.
 */
export async function verifyDisk(blobs: string, { registry }: Pick<Database, "registry">): Promise<number> {
  const found = new Set<string>();
  for (const algorithm of ["sha256", "sha512"] as const) {
    for (const name of await readdir(join(blobs, algorithm))) {
      expect(await hashFile(join(blobs, algorithm, name), algorithm)).toBe(`${algorithm}:${name}`);
      found.add(`${algorithm}:${name}`);
    }
  }
  const held = await registry.listHeld({ limit: 1_000_000 });
  expect([...found].toSorted()).toEqual(held.map(({ digest }) => digest as string).toSorted());
  for (const repository of CRASH_REPOSITORIES) {
    for (const { digest } of await registry.listManifests(repository, { limit: 1_000_000 })) {
      const manifest = await registry.findManifest(repository, { digest });
      for (const reference of manifest?.references ?? []) {
        expect(await registry.findBlobLink(repository, reference.digest)).toBeDefined();
      }
    }
  }
  return found.size;
}

/** Collections until nothing is young any more. */
export async function collect(jobs: Database["registryJobs"], times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await pause(GRACE_MS);
    const { id } = await jobs.create(COLLECTION);
    expect(await endedJob(jobs, id)).toMatchObject({ state: "done" });
  }
}

/** The job when it has ended. */
export async function endedJob(jobs: Database["registryJobs"], id: number): Promise<RegistryJobRecord> {
  return await eventually(async () => {
    const found = await jobs.find(id);
    return found?.finishedAt === undefined ? undefined : found;
  });
}

/** Of a process that nobody hears of: its time is what the tests are about. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function hashFile(path: string, algorithm: DigestAlgorithm): Promise<string> {
  const hash = new DigestStream(algorithm);
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
  }
  return hash.digest();
}
