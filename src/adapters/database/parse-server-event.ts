// SPDX-License-Identifier: Apache-2.0
import { parseDigest } from "#base";
import type { ScanRecord, ServerEvent } from "./stores.ts";

const SCAN_STATES: ReadonlySet<unknown> = new Set<ScanRecord["state"]>([
  "pending",
  "running",
  "done",
  "failed",
  "unsupported",
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
  } = value as Readonly<Record<string, unknown>>;
  if (type === "statements-changed") {
    return { type };
  }
  const digest = typeof digestText === "string" ? parseDigest(digestText) : undefined;
  if (digest === undefined) {
    return undefined;
  }
  if (type === "scan-changed" && SCAN_STATES.has(state)) {
    return { type, digest, state: state as ScanRecord["state"] };
  }
  if (type === "image-pushed" && typeof repository === "string") {
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
