// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Database, ManifestRecord, StoredRunningImage } from "#database";
import type { MessageId } from "#messages";
import { parseImageReference } from "#oci";
import { matchesTag } from "#registry";
import { digestOfTag } from "../../signatures/index.ts";
import type { ChangeGuard } from "../content/content-guards.ts";
import { RegistryError } from "../errors.ts";
import type { RegistrySettings } from "./registry-settings.ts";

/** Indexes in indexes that are looked through for what runs. */
const MAX_DEPTH = 4;
const MAX_CHILDREN = 500;
/** Workloads of one image that are read at once. */
const WORKLOADS_AT_ONCE = 200;

interface Options {
  readonly database: Pick<Database, "workloads" | "registry">;
  readonly settings: Pick<RegistrySettings, "of">;
}

/**
 * What the settings protect: immutable tags are neither moved (but for those of signatures, which are never pulled to be run) nor deleted, protected ones not deleted, and neither is an image
 * that a workload runs, by its digest or by that of an index around it. Nobody is exempt, the registry's own work included.
 */
export function createChangeGuard(options: Options): ChangeGuard {
  const { settings } = options;

  function assertTagStays(repository: string, tag: string): void {
    const found = settings.of(repository);
    for (const field of ["immutableTags", "protectedTags"] as const) {
      if (matchesTag(found.settings[field] ?? [], tag)) {
        throw protectedBy({
          id: `registry.protected.${field}`,
          field,
          repository,
          tag,
          prefix: found.from[field] ?? "",
        });
      }
    }
  }

  async function assertUnused(repository: string, digest: Digest): Promise<void> {
    const found = settings.of(repository);
    if (found.settings.protectInUse === false) {
      return;
    }
    const user = await findUser(options, repository, digest);
    if (user !== undefined) {
      const workload = `${user.owner.kind} ${user.namespace}/${user.owner.name}`;
      throw protectedBy({
        id: "registry.protected.inUse",
        field: "protectInUse",
        repository,
        digest,
        workload,
        prefix: found.from.protectInUse ?? "",
      });
    }
  }

  return {
    async assertMayTag({ repository, tag, from, digest }) {
      const found = settings.of(repository);
      // What is kept under the digest of an image (signatures, lists of referrers) comes later than the image and grows.
      const isAccessory = digestOfTag(tag) !== undefined;
      if (
        from !== undefined &&
        from !== digest &&
        !isAccessory &&
        matchesTag(found.settings.immutableTags ?? [], tag)
      ) {
        const prefix = found.from.immutableTags ?? "";
        throw protectedBy({ id: "registry.immutableTag", field: "immutableTags", repository, tag, prefix });
      }
      await Promise.resolve();
    },

    async assertMayDeleteTag({ repository, tag, digest }) {
      assertTagStays(repository, tag);
      await assertUnused(repository, digest);
    },

    async assertMayDeleteManifest({ manifest, tags }) {
      for (const tag of tags) {
        assertTagStays(manifest.repository, tag);
      }
      await assertUnused(manifest.repository, manifest.digest);
    },
  };
}

/** Some workload that runs the manifest, or an image below it. */
async function findUser(
  { database }: Options,
  repository: string,
  digest: Digest,
): Promise<StoredRunningImage | undefined> {
  const seen = new Set<Digest>([digest]);
  let level: readonly Digest[] = [digest];
  for (let depth = 0; level.length > 0 && depth <= MAX_DEPTH; depth += 1) {
    const below: Digest[] = [];
    for (const each of level) {
      const user = await findUserOf(database.workloads, repository, each);
      if (user !== undefined) {
        return user;
      }
      const manifest = await database.registry.findManifest(repository, { digest: each });
      for (const child of childrenOf(manifest)) {
        if (!seen.has(child) && seen.size < MAX_CHILDREN) {
          seen.add(child);
          below.push(child);
        }
      }
    }
    level = below;
  }
  return undefined;
}

/** All of them are looked at: those that run a copy from another repository must not hide the one that runs ours. */
async function findUserOf(
  workloads: Options["database"]["workloads"],
  repository: string,
  digest: Digest,
): Promise<StoredRunningImage | undefined> {
  for (let offset = 0; ; offset += WORKLOADS_AT_ONCE) {
    const { images } = await workloads.list({ digest, limit: WORKLOADS_AT_ONCE, offset });
    const user = images.find(({ reference }) => isCopyOf(repository, reference));
    if (user !== undefined || images.length < WORKLOADS_AT_ONCE) {
      return user;
    }
  }
}

function childrenOf(manifest: ManifestRecord | undefined): readonly Digest[] {
  return (manifest?.references ?? []).flatMap((each) => (each.kind === "manifest" ? [each.digest] : []));
}

/** By the repository alone, under whatever name of a registry, or path of a proxy before it, the cluster knows us. */
function isCopyOf(repository: string, reference: string): boolean {
  try {
    const found = parseImageReference(reference).repository;
    return found === repository || found.endsWith(`/${repository}`);
  } catch {
    // Nobody can tell which repository it came from: then it counts as this one.
    return true;
  }
}

function protectedBy(why: {
  readonly id: MessageId;
  readonly field: "immutableTags" | "protectedTags" | "protectInUse";
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
  readonly workload?: string;
  readonly prefix: string;
}): RegistryError {
  const { id, field, prefix, ...about } = why;
  // the empty prefix stands for all repositories
  const details = { ...about, setting: field, prefix };
  const { tag = "", digest = "", workload = "" } = about;
  const subject = tag === "" ? `${about.repository}@${digest}` : `${about.repository}:${tag}`;
  return new RegistryError(
    "DENIED",
    `${subject} is protected by the registry setting ${field} of ${prefix === "" ? "*" : prefix}`,
    {
      details,
      text: {
        id,
        params: { subject, tag, repository: about.repository, workload, prefix: prefix === "" ? "*" : prefix },
      },
    },
  );
}
