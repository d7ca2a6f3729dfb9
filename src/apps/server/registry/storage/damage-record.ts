// SPDX-License-Identifier: Apache-2.0
import { Counter } from "prom-client";
import type { Clock, Digest } from "#base";
import type { BlobStore } from "#blob-store";
import type { ContentHolder, DamagedBlob, Database } from "#database";
import type { Telemetry } from "#telemetry";

const MAX_HOLDERS = 20;
/** More are found again when they are read. */
const MAX_REMEMBERED = 100_000;
const ACTOR = "haechi";

/** Tells of stored bytes that are no longer what their digest says. Never throws. */
export type DamageReport = (digest: Digest, condition?: DamagedBlob["condition"]) => void;

/** What of the storage is damaged or gone, over restarts, in every process. */
export interface DamageRecord extends Disposable {
  /** What was found damaged and not repaired before this process began, so that the blob store shows it as missing. */
  readonly damaged: readonly Digest[];
  readonly report: DamageReport;
  /** The blob is stored anew, was checked well, or was removed. Never throws; costs nothing for a blob that never was damaged. */
  noteWhole(digest: Digest): void;
  /** Tells the blob store what other processes find out and repair, until it is disposed of. */
  follow(blobs: Pick<BlobStore, "noteCondition">): Disposable;
}

/**
 * Makes an alert of damage: a metric, a log line with what to do, an entry in the audit log and an event for webhooks and console. The
 * hint names the images that the content belongs to, since pushing one of them again repairs it. What is not repaired is kept in the
 * database and said again at each start.
 */
export async function openDamageRecord(options: {
  readonly database: Pick<Database, "registry" | "audit" | "events" | "damagedBlobs">;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}): Promise<DamageRecord> {
  const { database, telemetry, clock } = options;
  const { damagedBlobs, events } = database;
  const found = new Counter({
    name: "haechi_registry_damaged_blobs_total",
    help: "Blobs that were found damaged or missing on disk.",
    labelNames: ["condition"],
    registers: [telemetry.metrics],
  });
  const kept = await damagedBlobs.list({ limit: MAX_REMEMBERED });
  const troubled = new Set(kept.map(({ digest }) => digest));
  const unsubscribe = events.subscribe((event) => event.type === "blob-damaged" && void troubled.add(event.digest));
  /** What the event was about may have changed since: the row says how it is. One after the other, so that the last one counts. */
  let looking = Promise.resolve();
  function look(blobs: Pick<BlobStore, "noteCondition">, digest: Digest): void {
    looking = looking
      .then(async () => {
        const damage = await damagedBlobs.find(digest);
        if (damage === undefined) {
          troubled.delete(digest);
        }
        // one that is missing shows by itself
        blobs.noteCondition(digest, damage?.condition === "damaged" ? "damaged" : "whole");
      })
      .catch((error: unknown) => {
        telemetry.log.error({ err: error, digest }, "what another process found out about stored content is not known");
      });
  }
  async function lookAtAll(blobs: Pick<BlobStore, "noteCondition">): Promise<void> {
    const listed = await damagedBlobs.list({ limit: MAX_REMEMBERED });
    for (const digest of new Set([...troubled, ...listed.map((each) => each.digest)])) {
      look(blobs, digest);
    }
  }
  if (kept.length > 0) {
    telemetry.log.error(
      { count: kept.length, digests: kept.slice(0, MAX_HOLDERS).map(({ digest }) => digest) },
      "stored content is still damaged or missing since an earlier run: GET /api/v1/registry/damaged-blobs names the images to push again",
    );
  }
  /** One after the other: a repair must not be overtaken by the report of what it repairs. */
  let writing = Promise.resolve();
  function write(digest: Digest, work: () => Promise<void>): void {
    writing = writing.then(work).catch((error: unknown) => {
      telemetry.log.error({ err: error, digest }, "damage or its repair could not be recorded");
    });
  }

  async function tell(digest: Digest, condition: DamagedBlob["condition"]): Promise<void> {
    await damagedBlobs.note(digest, condition);
    const holders = await database.registry.findHolders(digest, MAX_HOLDERS);
    const images = imagesOf(holders);
    telemetry.log.error(
      { digest, condition, images, repositories: holders.map(({ repository }) => repository) },
      "stored content is not what its digest says: push one of the images again, or replicate it from a registry that has it",
    );
    await database.audit.append({
      actor: ACTOR,
      action: `blob-${condition}`,
      target: `${digest} (${images.slice(0, 5).join(", ")})`,
      requestId: "",
      at: clock.now().toISOString(),
    });
    await events.publish({ type: "blob-damaged", digest });
  }

  return {
    damaged: kept.filter(({ condition }) => condition === "damaged").map(({ digest }) => digest),
    report(digest, condition = "damaged") {
      found.inc({ condition });
      troubled.add(digest);
      write(digest, () => tell(digest, condition));
    },
    noteWhole(digest) {
      if (troubled.delete(digest)) {
        write(digest, async () => {
          await damagedBlobs.forget(digest);
          await events.publish({ type: "blob-whole", digest });
        });
      }
    },
    follow(blobs) {
      const end = events.subscribe(
        (event) => {
          if (event.type === "blob-damaged" || event.type === "blob-whole") {
            look(blobs, event.digest);
          }
        },
        () => {
          lookAtAll(blobs).catch((error: unknown) => {
            telemetry.log.error({ err: error }, "what other processes found out about stored content is not known");
          });
        },
      );
      return { [Symbol.dispose]: end };
    },
    [Symbol.dispose]: unsubscribe,
  };
}

/** As people name them: `team/app:1.0`, or the repository where no tag leads there. */
export function imagesOf(holders: readonly ContentHolder[]): readonly string[] {
  return holders.flatMap(({ repository, tags }) =>
    tags.length === 0 ? [repository] : tags.map((tag) => `${repository}:${tag}`),
  );
}
