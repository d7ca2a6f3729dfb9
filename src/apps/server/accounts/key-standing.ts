// SPDX-License-Identifier: Apache-2.0
import type { AccessKeyRecord } from "#database";
import { endOfKey } from "./access-key-check.ts";

/** ISMS-P, and checklists for accounts of clouds, ask for new secrets every 90 days. */
const ROTATE_AFTER_MS = 90 * 24 * 60 * 60_000;

/** What is to be said of a key at a moment. */
export interface KeyStanding {
  /** `expired`: its time is over, by itself or by the longest life that the installation allows. */
  readonly state: AccessKeyRecord["state"] | "expired";
  /** When it stops working by itself. */
  readonly end: Date | undefined;
  readonly rotateBy: Date;
  /** It still works, and its secret is older than 90 days. */
  readonly isRotationDue: boolean;
}

export function standingOfKey(key: AccessKeyRecord, now: Date, maxAgeMs: number | undefined): KeyStanding {
  const end = endOfKey(key, maxAgeMs);
  const state = end !== undefined && now >= end ? "expired" : key.state;
  const rotateBy = new Date(new Date(key.rotatedAt).getTime() + ROTATE_AFTER_MS);
  return { state, end, rotateBy, isRotationDue: state === "active" && now >= rotateBy };
}
