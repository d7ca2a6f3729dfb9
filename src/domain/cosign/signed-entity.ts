// SPDX-License-Identifier: Apache-2.0

import { Buffer } from "node:buffer";
import { RFC3161Timestamp } from "@sigstore/core";
import type { SignedEntity } from "@sigstore/verify";
import { messageOf } from "#base";
import { SignatureRejected } from "#signatures";
import type { ParsedCandidate } from "./parse-candidate.ts";
import { WarmCertificate } from "./warm-certificate.ts";

/** A candidate as `@sigstore/verify` takes it; like its own `toSignedEntity`, with certificates that compute things once. */
export type CandidateEntity = SignedEntity & {
  readonly certificate: WarmCertificate | undefined;
};

/** The entity, with or without the proofs of log and time. Throws `SignatureRejected` for certificates and timestamps that do not parse. */
export function toEntity(
  { content, material }: ParsedCandidate,
  options: { readonly proofs: boolean },
): CandidateEntity {
  const certificate = readCertificate(material);
  const entity: CandidateEntity = {
    signature: content,
    key:
      certificate === undefined
        ? { $case: "public-key", hint: readHint(material) }
        : { $case: "certificate", certificate },
    tlogEntries: options.proofs ? material.tlogEntries : [],
    timestamps: options.proofs ? readTimestamps(material) : [],
    certificate,
  };
  return entity;
}

function readCertificate({ content }: ParsedCandidate["material"]): WarmCertificate | undefined {
  const der =
    content.$case === "certificate"
      ? content.certificate.rawBytes
      : content.$case === "x509CertificateChain"
        ? content.x509CertificateChain.certificates[0]?.rawBytes
        : undefined;
  try {
    return der === undefined ? undefined : WarmCertificate.read(der);
  } catch (error) {
    throw new SignatureRejected("MALFORMED", `not a certificate: ${messageOf(error).slice(0, 120)}`);
  }
}

function readHint({ content }: ParsedCandidate["material"]): string {
  return content.$case === "publicKey" ? content.publicKey.hint : "";
}

function readTimestamps(material: ParsedCandidate["material"]): SignedEntity["timestamps"] {
  const timestamps: SignedEntity["timestamps"] = [];
  for (const entry of material.tlogEntries) {
    // the time of an entry is signed only where it comes with a promise (Rekor v1)
    if (entry.inclusionPromise !== undefined && entry.integratedTime !== "0") {
      timestamps.push({ $case: "transparency-log", tlogEntry: entry });
    }
  }
  for (const each of material.timestampVerificationData?.rfc3161Timestamps ?? []) {
    try {
      const timestamp = RFC3161Timestamp.parse(Buffer.from(each.signedTimestamp));
      // read here, so that a time that cannot be read is the fault of the timestamp
      assertDate(timestamp.signingTime);
      timestamps.push({ $case: "timestamp-authority", timestamp });
    } catch (error) {
      throw new SignatureRejected("TIMESTAMP_INVALID", `not a timestamp: ${messageOf(error).slice(0, 120)}`);
    }
  }
  return timestamps;
}

function assertDate(date: Date): void {
  if (Number.isNaN(date.getTime())) {
    throw new Error("time is no date");
  }
}
