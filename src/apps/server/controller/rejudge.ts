// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { RunningImage, RunningVerdict } from "#database";
import type { DirtyImages } from "./dirty-images.ts";
import type { JudgedChange, RunningImages } from "./running-images.ts";

/** Judged at the same time; admission and the registry need the database, too. */
const CONCURRENCY = 4;
const BATCH = 40;
/** Most of it is answered from the cache; this bounds what is not: at most some 400 a second. */
const PAUSE_MS = 100;

export interface RejudgeOptions {
  readonly running: RunningImages;
  readonly dirty: DirtyImages;
  readonly judge: (image: RunningImage) => Promise<RunningVerdict>;
  readonly announce: (change: JudgedChange, before: RunningImage) => Promise<void>;
  readonly save: (images: readonly RunningImage[]) => Promise<void>;
  readonly now: () => Date;
  readonly log: Pick<Logger, "warn">;
}

/** What a round came to. */
export interface RejudgeResult {
  readonly judged: number;
  /** Rows of which more than the time of judgement changed. */
  readonly changed: number;
}

/**
 * Judges everything that is dirty, some at a time. A verdict that differs is announced, then stored: when the process ends
 * in between, the next leader finds the old one and comes to the same announcement, which is made once only.
 * What could not be judged for a failure of ours stays dirty; then it throws.
 */
export async function rejudge(options: RejudgeOptions, signal: AbortSignal): Promise<RejudgeResult> {
  const { dirty } = options;
  let judged = 0;
  let changed = 0;
  while (dirty.size > 0 && !signal.aborted) {
    const keys = dirty.take(BATCH);
    try {
      const changes = await judgeBatch(options, keys);
      judged += keys.length;
      changed += changes;
    } catch (error) {
      dirty.add(keys);
      throw error;
    }
    if (dirty.size > 0) {
      await delay(PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
  return { judged, changed };
}

async function judgeBatch(options: RejudgeOptions, keys: readonly string[]): Promise<number> {
  const { running, judge, announce, save, now, log } = options;
  const waiting = [...keys];
  const toSave: RunningImage[] = [];
  async function work(): Promise<void> {
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      const before = running.find(key);
      if (before === undefined) {
        continue;
      }
      const change = running.judged(key, await judge(before), now());
      if (change === undefined) {
        continue;
      }
      if (change.announcement !== undefined) {
        await announce(change, before).catch((error: unknown) => {
          // The verdict counts, and is shown and reported; only this one way of telling it failed.
          log.warn({ err: error, namespace: before.namespace, owner: before.owner }, "an Event could not be written");
        });
      }
      if (running.keep(key, change) && change.isChanged) {
        toSave.push(running.find(key) ?? change.image);
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  await save(toSave);
  return toSave.length;
}
