// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { RunningImage } from "#database";
import { type KubeClient, RESOURCES } from "#kube";
import type { Translate } from "#messages";
import { renderReason } from "#policy";
import { cutBytes } from "./cut-bytes.ts";
import { hasCode } from "./kube-codes.ts";

/** The API's limits of `note` (bytes) and names. */
const MAX_NOTE_BYTES = 1_024;
const MAX_NAME_PREFIX = 180;
const MAX_IMAGE_BYTES = 300;

export interface Announcer {
  readonly client: KubeClient;
  readonly translate: Translate;
  /** This replica. */
  readonly instance: string;
  readonly controllerName: string;
  readonly now: () => Date;
}

/**
 * Tells a workload, by an Event on its owner, that its image is denied now or allowed again. One change is told once, also
 * when another replica or a new start finds it again: the event's name is made from what changed.
 */
export async function announceOutcome(
  { client, translate, instance, controllerName, now }: Announcer,
  image: RunningImage,
  announcement: "allow" | "deny",
  /** The row before the change. */
  before: Pick<RunningImage, "changedAt" | "firstSeenAt"> | undefined,
): Promise<void> {
  const { owner, namespace } = image;
  const change = [owner.uid, image.reference, image.digest, announcement, before?.changedAt ?? before?.firstSeenAt];
  const hash = createHash("sha256").update(JSON.stringify(change)).digest("hex").slice(0, 16);
  const event = {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: { name: `${owner.name.slice(0, MAX_NAME_PREFIX).replace(/[^a-z0-9]+$/, "")}.${hash}`, namespace },
    eventTime: now().toISOString().replace("Z", "000Z"),
    reportingController: controllerName,
    reportingInstance: instance,
    action: "Judge",
    reason: announcement === "deny" ? "ImageNowDenied" : "ImageAllowedAgain",
    type: announcement === "deny" ? "Warning" : "Normal",
    regarding: { ...owner, namespace },
    note: cutBytes(noteOf(image, announcement, translate), MAX_NOTE_BYTES),
  };
  try {
    await client.create({ resource: RESOURCES.events, namespace }, event);
  } catch (error) {
    // CONFLICT: it was told already. NOT_FOUND, FORBIDDEN: the namespace is gone or going.
    if (!hasCode(error, "CONFLICT", "NOT_FOUND")) {
      throw error;
    }
  }
}

function noteOf(image: RunningImage, announcement: "allow" | "deny", translate: Translate): string {
  const name = cutBytes(image.reference, MAX_IMAGE_BYTES);
  if (announcement === "allow") {
    return translate("controller.event.allowed", { image: name });
  }
  const reasons = image.verdict?.reasons.filter(({ effect }) => effect === "deny") ?? [];
  const [first, ...more] = reasons;
  return translate("controller.event.denied", {
    image: name,
    reason: first === undefined ? "" : renderReason(first, translate),
    more: more.length,
  });
}
