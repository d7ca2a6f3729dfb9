// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestHex } from "#base";

/** What a shard is about. */
export type ShardKind = "advisories" | "exploitation" | "severity" | "support";

/** Names of the shards that are not an ecosystem family; no family is written in small letters with a space in front. */
export const EXPLOITATION_SHARD = "exploitation";
export const SEVERITY_SHARD = "severity";
export const SUPPORT_SHARD = "support";

/** The kind of a shard by its name. */
export function shardKind(name: string): ShardKind {
  return name === EXPLOITATION_SHARD || name === SEVERITY_SHARD || name === SUPPORT_SHARD ? name : "advisories";
}

/** Path of a shard inside the folder. It is made of name and digest here, and never taken from a document. */
export function shardPath(name: string, digest: Digest): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 40);
  return `shards/${slug}-${digestHex(digest).slice(0, 40)}.sqlite`;
}
