// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

const MAX_REMOVED = 1_000;
const MAX_PROTECTED = 200;

/** A tag, or a manifest without one. */
export interface RemovedContent {
  readonly repository: string;
  readonly tag?: string;
  readonly digest: string;
}

/** What came, or would come, of retention. */
export interface RetentionResult {
  readonly isDryRun: boolean;
  readonly repositories: number;
  readonly keptTags: number;
  readonly removedTags: number;
  readonly removedManifests: number;
  /** Rules let them go, and something else keeps them. */
  readonly protectedContent: number;
  /** What is gone, or would be; at most 1,000 of them. */
  readonly removed: readonly RemovedContent[];
  /** Some of what is protected, and by what; at most 200. */
  readonly protectedBy: readonly (RemovedContent & { readonly why: string })[];
}

const removed = z.object({ repository: z.string(), tag: z.exactOptional(z.string()), digest: z.string() });

/** As it is kept in a job's position. */
export const retentionResultSchema: z.ZodType<RetentionResult> = z.object({
  isDryRun: z.boolean(),
  repositories: z.number(),
  keptTags: z.number(),
  removedTags: z.number(),
  removedManifests: z.number(),
  protectedContent: z.number(),
  removed: z.array(removed),
  protectedBy: z.array(removed.extend({ why: z.string() })),
});

/** Counts while it goes on. */
export class RetentionCount {
  #result: RetentionResult;

  constructor(start: RetentionResult) {
    this.#result = start;
  }

  get result(): RetentionResult {
    return this.#result;
  }

  countRepository(keptTags: number): void {
    const { repositories, keptTags: before } = this.#result;
    this.#result = { ...this.#result, repositories: repositories + 1, keptTags: before + keptTags };
  }

  countRemoved(content: RemovedContent): void {
    const { removed: all, removedTags, removedManifests } = this.#result;
    this.#result = {
      ...this.#result,
      ...(content.tag === undefined ? { removedManifests: removedManifests + 1 } : { removedTags: removedTags + 1 }),
      removed: all.length < MAX_REMOVED ? [...all, content] : all,
    };
  }

  countProtected(content: RemovedContent, why: string): void {
    const { protectedBy, protectedContent } = this.#result;
    this.#result = {
      ...this.#result,
      protectedContent: protectedContent + 1,
      protectedBy: protectedBy.length < MAX_PROTECTED ? [...protectedBy, { ...content, why }] : protectedBy,
    };
  }
}

/** Of work that has not begun. */
export function nothingRetained(isDryRun: boolean): RetentionResult {
  return {
    isDryRun,
    repositories: 0,
    keptTags: 0,
    removedTags: 0,
    removedManifests: 0,
    protectedContent: 0,
    removed: [],
    protectedBy: [],
  };
}
