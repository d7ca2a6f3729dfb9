// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { type Digest, parseDigest } from "#base";
import type { LinkCursor } from "#database";

/**
 * Where a collection got to. It only says what is not looked at again: whether something may go is asked of the database, with the lock,
 * whatever is written here.
 */
export interface CollectionPosition {
  /** Links that there were when it began. */
  readonly totalLinks: number;
  /** Files that repositories had when it began. */
  readonly totalFiles: number;
  readonly seenLinks: number;
  readonly seenFiles: number;
  /** The last link that was looked at; absent: none, or all. */
  readonly link?: LinkCursor;
  /** All links were looked at. */
  readonly hasSeenLinks: boolean;
  /** The last file that was looked at. */
  readonly file?: Digest;
  /** What went so far. */
  readonly links: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly uploads: number;
}

const count = z.int().min(0);

const schema: z.ZodType<CollectionPosition> = z.object({
  totalLinks: count,
  totalFiles: count,
  seenLinks: count,
  seenFiles: count,
  link: z.exactOptional(z.object({ repositoryId: count, digest: z.string() })),
  hasSeenLinks: z.boolean(),
  file: z.exactOptional(z.custom<Digest>((value) => typeof value === "string" && parseDigest(value) !== undefined)),
  links: count,
  blobs: count,
  bytes: count,
  uploads: count,
});

/** The position of an earlier run of the job; `undefined`: it begins, or an earlier version wrote none. */
export function parseCollectionPosition(position: unknown): CollectionPosition | undefined {
  const parsed = schema.safeParse(position);
  return parsed.success ? parsed.data : undefined;
}
