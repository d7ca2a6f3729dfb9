// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { openRepository } from "#image-source";
import type { RegistryJobRun } from "../../registry-jobs/registry-job-worker.ts";
import type { CopySource } from "../copy/copy-source.ts";
import type { CopyTarget } from "../copy/copy-target.ts";
import { createOwnSource } from "../copy/own-source.ts";
import { createPushSource, createPushTarget } from "../replication/push-ends.ts";
import { upstreamOptions } from "../upstream/upstream-options.ts";
import type { PromotionParameters } from "./promotion-parameters.ts";
import type { PromotionRule } from "./promotion-rule.ts";

/** Where an image is promoted from and to. */
export interface PromotionEnds extends AsyncDisposable {
  readonly source: CopySource;
  readonly target: CopyTarget;
  /** What the tag leads to at the destination, not from memory. */
  findTagged(tag: string): Promise<Digest | undefined>;
}

/** Both ends; of another registry nothing is asked yet. The caller disposes them. */
export async function openPromotionEnds(
  { context, content, signal }: RegistryJobRun,
  rule: PromotionRule,
  { from, to }: PromotionParameters,
): Promise<PromotionEnds> {
  const { configuration, database } = context;
  const store = database.registry;
  if (rule.registry === undefined) {
    return {
      source: createOwnSource(content, store, { from, to }),
      target: content,
      findTagged: async (tag) => (await store.findManifest(to, { tag }))?.digest,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const upstream = { registry: rule.registry, credentials: rule.credentials, isPlainHttp: rule.isPlainHttp };
  const options = await upstreamOptions({ configuration, secrets: database.secrets }, upstream);
  const client = await openRepository(
    { registry: rule.registry, repository: to },
    { ...options, scopes: ["pull", "push"] },
  );
  return {
    source: createPushSource({ content, store, repository: from, client, limit: undefined }),
    target: createPushTarget({ content, repository: from, client, signal }),
    findTagged: (tag) => client.findDigest(tag, signal),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
