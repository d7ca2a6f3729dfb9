// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Translate } from "#messages";
import { renderRows } from "../render-rows.ts";

const content = z.object({ repository: z.string(), tag: z.exactOptional(z.string()), digest: z.string() });
const answer = z.object({
  isDryRun: z.boolean(),
  repositories: z.number(),
  keptTags: z.number(),
  removedTags: z.number(),
  removedManifests: z.number(),
  removed: z.array(content),
  protectedBy: z.array(content.extend({ why: z.string() })),
});

/** What retention removed, or would remove, and what is protected; `undefined` when the server says it in another way. */
export function renderRetentionResult(result: unknown, translate: Translate): string | undefined {
  const parsed = answer.safeParse(result);
  if (!parsed.success) {
    return undefined;
  }
  const { isDryRun, repositories, keptTags, removedTags, removedManifests, removed, protectedBy } = parsed.data;
  const summary = translate(isDryRun ? "registryJobs.retention.wouldRemove" : "registryJobs.retention.removed", {
    repositories,
    keptTags,
    removedTags,
    removedManifests,
  });
  const kept =
    protectedBy.length === 0
      ? ""
      : `${translate("registryJobs.retention.protected")}\n${renderRows(
          protectedBy.map((each) => [nameOf(each), each.why]),
          "  ",
        )}`;
  return `${summary}\n${renderRows(
    removed.map((each) => [nameOf(each), each.tag === undefined ? "" : each.digest]),
    "  ",
  )}${kept}`;
}

function nameOf({ repository, tag, digest }: z.infer<typeof content>): string {
  return tag === undefined ? `${repository}@${digest}` : `${repository}:${tag}`;
}
