// SPDX-License-Identifier: Apache-2.0
import { parseDigest } from "#base";
import type { RegistryJobState } from "./registry-job.ts";
import type { RegistryObjectKind } from "./registry-object.ts";
import type { ScanRecord, ServerEvent } from "./stores.ts";

const SCAN_STATES: ReadonlySet<unknown> = new Set<ScanRecord["state"]>([
  "pending",
  "running",
  "done",
  "failed",
  "unsupported",
]);

const OBJECT_KINDS: ReadonlySet<unknown> = new Set<RegistryObjectKind>([
  "settings",
  "replication",
  "webhook",
  "scanner",
  "promotion",
  "service",
]);
const JOB_STATES: ReadonlySet<unknown> = new Set<RegistryJobState>([
  "awaiting-approval",
  "pending",
  "running",
  "done",
  "failed",
  "cancelled",
  "rejected",
]);

/** The event in the payload of a notification, or `undefined` when it is none that we know: any client of the database may notify. */
export function parseServerEvent(payload: string): ServerEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  const {
    type,
    repository,
    tag,
    digest: digestText,
    subject: subjectText,
    state,
    kind,
    name,
    id,
    accountId,
  } = value as Readonly<Record<string, unknown>>;
  if (type === "statements-changed" || type === "links-dropped") {
    return { type };
  }
  if (type === "registry-changed" && OBJECT_KINDS.has(kind) && typeof name === "string") {
    return { type, kind: kind as RegistryObjectKind, name };
  }
  if (type === "job-changed" && typeof id === "number" && JOB_STATES.has(state)) {
    return { type, id, state: state as RegistryJobState };
  }
  if (type === "account-changed" && typeof accountId === "string") {
    return { type, accountId };
  }
  const digest = typeof digestText === "string" ? parseDigest(digestText) : undefined;
  if (digest === undefined) {
    return undefined;
  }
  if (type === "scan-changed" && SCAN_STATES.has(state)) {
    return { type, digest, state: state as ScanRecord["state"] };
  }
  if (type === "blob-damaged" || type === "blob-whole") {
    return { type, digest };
  }
  if ((type === "image-pushed" || type === "image-deleted") && typeof repository === "string") {
    const subject = typeof subjectText === "string" ? parseDigest(subjectText) : undefined;
    return {
      type,
      repository,
      digest,
      ...(typeof tag === "string" ? { tag } : {}),
      ...(subject === undefined ? {} : { subject }),
    };
  }
  return undefined;
}
