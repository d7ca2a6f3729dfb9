// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestOf } from "#base";
import type { SeededRandom } from "./seeded-random.ts";

const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

/** Repositories that the clients work in. */
export const CRASH_REPOSITORIES: readonly string[] = ["crash/a", "crash/b", "crash/c"];
const TAGS = 6;
/** So many images stay in the end, so that there is much to verify; fewer at first, so that short runs delete, too. */
const KEPT_IMAGES = { first: 6, most: 30, pushesForOneMore: 8 } as const;
/** Layers that many images share, so that they are let go, collected and pushed again all the time. */
const SHARED_LAYERS: readonly Buffer[] = Array.from({ length: 10 }, (_, index) =>
  Buffer.from(`shared layer ${index} `.repeat(3_000 * (index + 1))),
);

/** A manifest that a client was told is stored. */
export interface StoredImage {
  readonly repository: string;
  readonly digest: Digest;
  readonly blobs: readonly Digest[];
}

/** What clients were told, and what therefore must hold. */
export class Acknowledged {
  /** Of `repository@digest`. */
  readonly images: Map<string, StoredImage> = new Map();
  /** `repository:tag` → digest. Absent: a client was in the middle of moving it. */
  readonly tags: Map<string, Digest> = new Map();
  /** `repository@digest` that were deleted. */
  readonly deleted: Set<string> = new Set();
  /** `repository:tag` that a client is deleting: of a deletion and a push at once nobody knows which was last. */
  readonly busyTags: Set<string> = new Set();
  pushes = 0;
  deletions = 0;
}

export interface CrashClient {
  /** `host:port`. */
  readonly registry: string;
  /** Bearer, may do everything in the repositories. */
  readonly token: string;
  readonly acknowledged: Acknowledged;
  /** Each client has its own, so that what it does follows from the seed. */
  readonly random: SeededRandom;
  readonly isStopped: () => boolean;
}

/** Pushes images as clients do (asks which layers are there, uploads or mounts the others) until the server is gone. */
export async function pushUntilGone(client: CrashClient, name: string): Promise<void> {
  for (let count = 0; !client.isStopped(); count++) {
    try {
      await pushOne(client, name, count);
    } catch {
      // the server was killed: nothing was acknowledged
      return;
    }
  }
}

/** Deletes images that are there, some by tag only, until the server is gone. */
export async function deleteUntilGone(client: CrashClient): Promise<void> {
  const { acknowledged } = client;
  while (!client.isStopped()) {
    const images = [...acknowledged.images.values()];
    const { first, most, pushesForOneMore } = KEPT_IMAGES;
    const kept = Math.min(most, first + acknowledged.pushes / pushesForOneMore);
    const image = images.length > kept ? images[client.random(images.length)] : undefined;
    if (image === undefined) {
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    } else {
      const key = `${image.repository}@${image.digest}`;
      const tags = [...acknowledged.tags].filter(
        ([tag, digest]) => digest === image.digest && tag.startsWith(`${image.repository}:`),
      );
      const [name] = client.random(3) === 0 ? (tags[0] ?? []) : [];
      if (name !== undefined) {
        // the image stays; where the tag leads is known again once somebody pushes to it
        acknowledged.tags.delete(name);
        acknowledged.busyTags.add(name);
        try {
          await ask(client, "DELETE", `${image.repository}/manifests/${name.slice(image.repository.length + 1)}`);
        } catch {
          return;
        } finally {
          acknowledged.busyTags.delete(name);
        }
        continue;
      }
      acknowledged.images.delete(key);
      for (const [tag] of tags) {
        acknowledged.tags.delete(tag);
      }
      try {
        if ((await ask(client, "DELETE", `${image.repository}/manifests/${image.digest}`)) === 202) {
          acknowledged.deleted.add(key);
          acknowledged.deletions += 1;
        }
      } catch {
        return;
      }
    }
  }
}

async function pushOne(client: CrashClient, pusher: string, count: number): Promise<void> {
  const { acknowledged, random } = client;
  const name = `${pusher} ${count} ${random(1e9)}`;
  const repository = CRASH_REPOSITORIES[random(CRASH_REPOSITORIES.length)] ?? "crash/a";
  const config = Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", config: { Labels: { name } } }));
  const layers = [
    ...new Set([pickShared(random), pickShared(random), Buffer.alloc(name.length + random(200_000), name)]),
  ];
  for (const blob of [config, ...layers]) {
    await pushBlob(client, repository, blob);
  }
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: { mediaType: CONFIG_TYPE, digest: digestOf(config), size: config.length },
      layers: layers.map((each) => ({ mediaType: LAYER_TYPE, digest: digestOf(each), size: each.length })),
    }),
  );
  const digest = digestOf(manifest);
  let tag = "";
  do {
    tag = `${repository}:${pusher}-${random(TAGS)}`;
  } while (acknowledged.busyTags.has(tag));
  // from here on the tag may lead to either: a push can be stored without its answer having arrived
  acknowledged.tags.delete(tag);
  const status = await ask(client, "PUT", `${repository}/manifests/${tag.split(":")[1]}`, {
    body: manifest,
    type: MANIFEST_TYPE,
  });
  if (status === 201) {
    acknowledged.images.set(`${repository}@${digest}`, {
      repository,
      digest,
      blobs: [config, ...layers].map((each) => digestOf(each)),
    });
    acknowledged.tags.set(tag, digest);
    acknowledged.pushes += 1;
  }
}

function pickShared(random: SeededRandom): Buffer {
  return SHARED_LAYERS[random(SHARED_LAYERS.length)] ?? Buffer.alloc(0);
}

async function pushBlob(client: CrashClient, repository: string, bytes: Buffer): Promise<void> {
  const digest = digestOf(bytes);
  if ((await ask(client, "HEAD", `${repository}/blobs/${digest}`)) === 200) {
    return;
  }
  const how = client.random(3);
  const from = CRASH_REPOSITORIES[client.random(CRASH_REPOSITORIES.length)];
  if (how === 0 && (await ask(client, "POST", `${repository}/blobs/uploads/?mount=${digest}&from=${from}`)) === 201) {
    return;
  }
  if (how === 1) {
    await ask(client, "POST", `${repository}/blobs/uploads/?digest=${digest}`, { body: bytes });
    return;
  }
  const started = await request(client, "POST", `${repository}/blobs/uploads/`);
  let location = started.headers.get("location") ?? "";
  const half = Math.floor(bytes.length / 2);
  for (const chunk of [bytes.subarray(0, half), bytes.subarray(half)]) {
    const answer = await request(client, "PATCH", location, { body: chunk });
    location = answer.headers.get("location") ?? location;
  }
  await request(client, "PUT", `${location}${location.includes("?") ? "&" : "?"}digest=${digest}`);
}

interface Sent {
  readonly body?: Buffer;
  readonly type?: string;
}

async function ask(client: CrashClient, method: string, path: string, sent: Sent = {}): Promise<number> {
  return (await request(client, method, path, sent)).status;
}

/** Throws when the server is gone. */
async function request(client: CrashClient, method: string, path: string, sent: Sent = {}): Promise<Response> {
  const url = new URL(path.startsWith("/") ? path : `/v2/${path}`, `http://${client.registry}`);
  const answer = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${client.token}`,
      "content-type": sent.type ?? "application/octet-stream",
    },
    ...(sent.body === undefined ? {} : { body: new Uint8Array(sent.body) }),
  });
  await answer.arrayBuffer();
  return answer;
}
