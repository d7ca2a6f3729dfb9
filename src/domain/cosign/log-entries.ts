// SPDX-License-Identifier: Apache-2.0
import type { SignedEntity } from "@sigstore/verify";
import { SignatureRejected, type VerifiedSignature } from "#signatures";
import { signingTimes } from "./explain-rejection.ts";
import { namesSigner } from "./log-entry-signer.ts";
import type { SigstoreTrustRoot } from "./trust-root.ts";

/**
 * What the library leaves out about entries that it has accepted: that each names the signer, and, for those proved by a
 * checkpoint alone, that the log's key was valid when the signature was made. Without a trusted time that is now.
 */
export function assertLogEntries(
  entity: SignedEntity,
  trustRoot: SigstoreTrustRoot,
  signer: { readonly spki: Buffer; readonly certificate?: Buffer },
  now: Date,
): void {
  for (const entry of entity.tlogEntries) {
    if (!namesSigner(entry, signer)) {
      throw new SignatureRejected("LOG_PROOF_INVALID", "the entry of the log names another signer");
    }
    if (entry.inclusionPromise === undefined) {
      const times = signingTimes(entity);
      const isValid = trustRoot.material.tlogs.some(
        (log) =>
          log.logID.equals(entry.logId.keyId) &&
          (times.length === 0 ? [now] : times).every((time) => log.validFor.start <= time && time <= log.validFor.end),
      );
      if (!isValid) {
        throw new SignatureRejected(
          "LOG_PROOF_INVALID",
          "the key of the log was not valid when the signature was made",
        );
      }
    }
  }
}

/** Time and place in the log, of an entity that was accepted. An authority's time outweighs the log's, which only says that it was there by then. */
export function describeProofs(
  entity: SignedEntity,
): Pick<VerifiedSignature, "signedAt" | "timeSource" | "transparency"> {
  const authority = entity.timestamps.find((each) => each.$case === "timestamp-authority");
  const log = entity.timestamps.find((each) => each.$case === "transparency-log");
  const entry = entity.tlogEntries[0];
  return {
    ...(authority?.$case === "timestamp-authority"
      ? { signedAt: authority.timestamp.signingTime.toISOString(), timeSource: "timestamp-authority" as const }
      : log?.$case === "transparency-log"
        ? {
            signedAt: new Date(Number(log.tlogEntry.integratedTime) * 1000).toISOString(),
            timeSource: "transparency-log" as const,
          }
        : {}),
    ...(entry === undefined
      ? {}
      : {
          transparency: {
            // a promise signs the index in the whole log, a proof the one in its tree
            logIndex: entry.inclusionPromise === undefined ? (entry.inclusionProof?.logIndex ?? "") : entry.logIndex,
            logId: entry.logId.keyId.toString("hex"),
          },
        }),
  };
}
