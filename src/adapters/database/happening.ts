// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { RegistryJobRecord } from "./registry-job.ts";

/** Up to where somebody has read what happened. */
export interface HappeningCursor {
  readonly auditId: number;
  readonly decisionId: number;
  /** RFC 3339, of scans and jobs. */
  readonly seenAt: string;
}

/** Something that was written down when it happened. `key` names it for ever, so that read twice it is the same. */
export type Happening = { readonly key: string /** RFC 3339. */; readonly at: string } & (
  | { readonly kind: "audit"; readonly action: string; readonly actor: string; readonly target: string }
  | {
      readonly kind: "pull";
      readonly outcome: "allow" | "deny" | "undecided";
      readonly actor: string;
      readonly reference: string;
      readonly digest?: Digest;
      readonly reasons: readonly { readonly code: string }[];
      readonly policy?: string;
    }
  | {
      readonly kind: "scan";
      readonly digest: Digest;
      readonly state: "done" | "failed" | "unsupported";
      readonly message?: string;
    }
  | {
      readonly kind: "job" | "approval";
      readonly job: Pick<
        RegistryJobRecord,
        "id" | "kind" | "state" | "target" | "message" | "requestedBy" | "decidedBy"
      > & { readonly parameters: unknown };
    }
);

export interface HappeningPage {
  readonly happenings: readonly Happening[];
  /** Where to go on. */
  readonly cursor: HappeningCursor;
  /** There is more than fitted. */
  readonly hasMore: boolean;
}

/**
 * What happened, from the tables that tell it: the audit log, decisions at the registry, scans and jobs. Nothing gets lost in a restart or
 * while nobody listened. What is committed late is found as well, since a little of what was read is read again.
 */
export interface HappeningStore {
  /** Where the installation left off; the present where it never was. */
  cursor(): Promise<HappeningCursor>;
  /** The present, for when nobody wants to know of what was before. */
  present(): Promise<HappeningCursor>;
  /** Never goes back. */
  saveCursor(cursor: HappeningCursor): Promise<void>;
  /** Without allowed pulls unless they are asked for. */
  read(
    cursor: HappeningCursor,
    options: { readonly withPulls: boolean; readonly limit: number },
  ): Promise<HappeningPage>;
  /** Usable access keys whose secret is older than that. */
  listOldKeys(
    before: Date,
    limit: number,
  ): Promise<
    readonly { readonly id: string; readonly accessKey: string; readonly account: string; readonly rotatedAt: string }[]
  >;
}
