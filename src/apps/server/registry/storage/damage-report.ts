// SPDX-License-Identifier: Apache-2.0
import { Counter } from "prom-client";
import type { Clock, Digest } from "#base";
import type { ContentHolder, Database } from "#database";
import type { Telemetry } from "#telemetry";

const MAX_HOLDERS = 20;
const ACTOR = "haechi";

/** Tells of stored bytes that are no longer what their digest says. Never throws. */
export type DamageReport = (digest: Digest, condition?: "damaged" | "missing") => void;

/**
 * Makes an alert of damage: a metric, a log line with what to do, an entry in the audit log and an event for webhooks and console. The
 * hint names the images that the content belongs to, since pushing one of them again repairs it.
 */
export function createDamageReport(options: {
  readonly database: Pick<Database, "registry" | "audit" | "events">;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}): DamageReport {
  const { database, telemetry, clock } = options;
  const found = new Counter({
    name: "haechi_registry_damaged_blobs_total",
    help: "Blobs that were found damaged or missing on disk.",
    labelNames: ["condition"],
    registers: [telemetry.metrics],
  });

  async function tell(digest: Digest, condition: "damaged" | "missing"): Promise<void> {
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
    await database.events.publish({ type: "blob-damaged", digest });
  }

  return (digest, condition = "damaged") => {
    found.inc({ condition });
    tell(digest, condition).catch((error: unknown) => {
      telemetry.log.error({ err: error, digest }, "damage could not be reported further");
    });
  };
}

/** As people name them: `team/app:1.0`, or the repository where no tag leads there. */
export function imagesOf(holders: readonly ContentHolder[]): readonly string[] {
  return holders.flatMap(({ repository, tags }) =>
    tags.length === 0 ? [repository] : tags.map((tag) => `${repository}:${tag}`),
  );
}
