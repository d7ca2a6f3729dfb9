// SPDX-License-Identifier: Apache-2.0
import { Verifier } from "@sigstore/verify";
import { type CosignKeyRequirement, SignatureRejected, type VerificationSubject } from "#signatures";
import type { CandidateSigner, SignerFinding } from "./candidate-signer.ts";
import { CosignError } from "./errors.ts";
import { explainRejection } from "./explain-rejection.ts";
import { assertLogEntries, describeProofs } from "./log-entries.ts";
import type { ParsedCandidate } from "./parse-candidate.ts";
import { type CandidateEntity, toEntity } from "./signed-entity.ts";
import type { SigstoreTrustRoot } from "./trust-root.ts";
import { parseVerificationKey, type VerificationKey } from "./verification-key.ts";

/**
 * Signatures by one of the keys. A certificate that lies beside the signature does not matter, only the key in it. Proofs
 * of a log are verified when there is a trust root that could, and then they must hold; they are needed when the
 * requirement says so.
 */
export function createKeySigner(
  requirement: CosignKeyRequirement,
  trustRoot: SigstoreTrustRoot | undefined,
): CandidateSigner {
  const keys = requirement.keys.map((pem) => parseVerificationKey(pem));
  if (keys.length === 0) {
    throw new CosignError("KEY_INVALID", "expected at least one key, found none");
  }
  const needsLog = requirement.transparencyLog === "required";
  if (needsLog && (trustRoot === undefined || trustRoot.material.tlogs.length === 0)) {
    throw new CosignError("TRUST_ROOT_MISSING", "expected a trust root with a transparency log, found none");
  }
  const verifiers = keys.map((key) => ({ key, verifier: createVerifier(key, trustRoot, needsLog) }));
  return (candidate, subject) => {
    const entity = toEntity(candidate, { proofs: trustRoot !== undefined });
    // without an authority there is nobody to say whether a timestamp holds; nothing rests on it here
    if (trustRoot?.material.timestampAuthorities.length === 0) {
      entity.timestamps = entity.timestamps.filter((each) => each.$case !== "timestamp-authority");
    }
    if (needsLog && entity.tlogEntries.length === 0) {
      throw new SignatureRejected("LOG_PROOF_MISSING", "expected a proof of the transparency log, found none");
    }
    const found = chooseKey(verifiers, entity, candidate);
    try {
      found.verifier.verify({ ...entity, key: { $case: "public-key", hint: "" } });
      if (trustRoot !== undefined) {
        assertLogEntries(entity, trustRoot, signerOf(found.key, entity), subject.now);
      }
    } catch (error) {
      throw explainRejection(error, { ...entity, certificate: undefined });
    }
    return describe(found.key, entity, subject);
  };
}

function createVerifier(key: VerificationKey, trustRoot: SigstoreTrustRoot | undefined, needsLog: boolean): Verifier {
  const material = trustRoot?.material ?? {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
  };
  return new Verifier(
    { ...material, publicKey: () => ({ publicKey: key.key, validFor: () => true }) },
    { ctlogThreshold: 0, tlogThreshold: needsLog ? 1 : 0, timestampThreshold: 0 },
  );
}

/** The key that the candidate names decides which reason is given; that it names one of ours proves nothing. */
function chooseKey<T extends { readonly key: VerificationKey }>(
  keys: readonly T[],
  entity: CandidateEntity,
  { content }: ParsedCandidate,
): T {
  const signed = keys.find(({ key }) => content.verifySignature(key.key));
  if (signed !== undefined) {
    return signed;
  }
  const hint = entity.key.$case === "public-key" ? entity.key.hint : "";
  const isOurs =
    entity.certificate === undefined
      ? hint === "" || keys.some(({ key }) => key.hint === hint)
      : keys.some(({ key }) => entity.certificate?.publicKey.equals(key.spki));
  throw isOurs
    ? new SignatureRejected("SIGNATURE_INVALID", "the signature is not of these bytes by one of the keys")
    : new SignatureRejected("KEY_MISMATCH", "the signature is by another key");
}

function signerOf(key: VerificationKey, { certificate }: CandidateEntity): { spki: Buffer; certificate?: Buffer } {
  // `cosign sign --key --certificate` logs the certificate of the key
  return certificate?.publicKey.equals(key.spki) === true
    ? { spki: key.spki, certificate: certificate.der }
    : { spki: key.spki };
}

function describe(key: VerificationKey, entity: CandidateEntity, _subject: VerificationSubject): SignerFinding {
  return {
    kind: "cosign",
    identity: key.keyId,
    keyId: key.keyId,
    ...describeProofs(entity),
    checks: [
      "signature",
      ...(entity.tlogEntries.length > 0 ? ["transparency-log"] : []),
      ...(entity.timestamps.some((each) => each.$case === "timestamp-authority") ? ["timestamp"] : []),
    ],
  };
}
