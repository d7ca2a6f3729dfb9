// SPDX-License-Identifier: Apache-2.0
import type { RunningImage, RunningVerdict } from "#database";
import { type RunningGroup, runningImageKey } from "./aggregate-pods.ts";

/** What changed when the pods were looked at again. */
export interface RunningChange {
  /** To be stored as they are now: new, changed, or gone. */
  readonly changed: readonly RunningImage[];
  /** Keys of those that were not there before. */
  readonly added: readonly string[];
}

/** What was announced for a row, and whether that has to be said now. */
export interface JudgedChange {
  readonly image: RunningImage;
  /** Whether anything but the time of judgement is new. */
  readonly isChanged: boolean;
  /** What the workload has to be told. */
  readonly announcement?: "allow" | "deny";
}

/** What the leader knows of what runs, beside the database. */
export class RunningImages {
  readonly #images = new Map<string, RunningImage>();

  constructor(stored: readonly RunningImage[]) {
    for (const { ...image } of stored) {
      this.#images.set(runningImageKey(image), image);
    }
  }

  get size(): number {
    return this.#images.size;
  }

  find(key: string): RunningImage | undefined {
    return this.#images.get(key);
  }

  entries(): Iterable<readonly [string, RunningImage]> {
    return this.#images;
  }

  values(): Iterable<RunningImage> {
    return this.#images.values();
  }

  /** Takes over what the pods say; verdicts stay. */
  observe(groups: ReadonlyMap<string, RunningGroup>, now: Date): RunningChange {
    const changed: RunningImage[] = [];
    const added: string[] = [];
    for (const [key, group] of groups) {
      const known = this.#images.get(key);
      if (known === undefined) {
        added.push(key);
      }
      if (known === undefined || !isSameGroup(known, group)) {
        const image = { ...known, ...group, firstSeenAt: known?.firstSeenAt ?? now.toISOString() };
        this.#images.set(key, image);
        changed.push(image);
      }
    }
    for (const [key, image] of this.#images) {
      if (!groups.has(key)) {
        this.#images.delete(key);
        changed.push({ ...image, podCount: 0, goneAt: now.toISOString() });
      }
    }
    return { changed, added };
  }

  /** What a new verdict changes; nothing is taken over before {@link keep}. */
  judged(key: string, verdict: RunningVerdict, now: Date): JudgedChange | undefined {
    const known = this.#images.get(key);
    if (known === undefined) {
      return undefined;
    }
    const judgedAt = now.toISOString();
    const isOutcomeNew = known.verdict?.outcome !== verdict.outcome;
    const isChanged = isOutcomeNew || JSON.stringify(known.verdict) !== JSON.stringify(verdict);
    const announcement = announcementOf(known, verdict);
    const image: RunningImage = {
      ...known,
      // The same object while it says the same: reports are rendered again only for another one.
      verdict: isChanged || known.verdict === undefined ? verdict : known.verdict,
      judgedAt,
      ...(isOutcomeNew ? { changedAt: judgedAt } : {}),
      ...(verdict.outcome === "undecided" ? {} : { announced: verdict.outcome }),
    };
    return {
      image,
      isChanged,
      ...(announcement === undefined ? {} : { announcement }),
    };
  }

  /** Takes over what {@link judged} made, unless its pods went in the meantime. Returns whether it did. */
  keep(key: string, { image }: JudgedChange): boolean {
    const present = this.#images.get(key);
    if (present === undefined) {
      return false;
    }
    const { verdict, judgedAt, changedAt, announced } = image;
    this.#images.set(key, {
      ...present,
      ...(verdict === undefined ? {} : { verdict }),
      ...(judgedAt === undefined ? {} : { judgedAt }),
      ...(changedAt === undefined ? {} : { changedAt }),
      ...(announced === undefined ? {} : { announced }),
    });
    return true;
  }
}

/**
 * A workload is told when what it runs comes to be denied, and when that is over. "Cannot tell" is told to nobody: it ends
 * by itself, and what was told last still stands. What only an audit would see is not told either.
 */
function announcementOf(known: RunningImage, { outcome, mode }: RunningVerdict): "allow" | "deny" | undefined {
  if (outcome === "undecided" || mode === "audit" || known.announced === outcome) {
    return undefined;
  }
  return outcome === "deny" || known.announced === "deny" ? outcome : undefined;
}

function isSameGroup(known: RunningImage, group: RunningGroup): boolean {
  const { containers, podCount, pods, standing } = known;
  return (
    podCount === group.podCount &&
    standing === group.standing &&
    JSON.stringify([containers, pods]) === JSON.stringify([group.containers, group.pods])
  );
}
