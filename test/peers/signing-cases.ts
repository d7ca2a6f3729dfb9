// SPDX-License-Identifier: Apache-2.0
import type { PeerCase } from "./peer-case.ts";

const PEER = "cosign 3.1";

/** Where attachments are kept; the second has no referrers API, so they lie under the tag `sha256-…`. */
export const OUR_REGISTRY = "our registry, referrer";
export const DOCKER_REGISTRY = "docker-registry 2.8, referrers tag";

/** What `haechi sign` and `haechi attest` write, and attestations of cosign that we verify under conditions. */
export const SIGNING_CASES: readonly PeerCase[] = [
  ...inBoth("signed-by-us", [
    "an image signed by a key of haechi key generate",
    "an index and its children signed recursively",
    "an SBOM attested",
    "a scan attested",
    "a verdict attested",
    "a provenance of ours attested as slsaprovenance1",
    "an image signed keyless, Rekor v1",
    "an image signed keyless, Rekor v2 and a timestamp",
    "an SBOM attested keyless",
  ]),
  ...inOne("signed-by-us", [
    "an image signed by a key of cosign generate-key-pair",
    "an image signed by a key, Rekor v1 and a timestamp",
    "an image signed by a key, Rekor v2 and a timestamp",
    "a verdict on an index and each of its children",
  ]),
  ...inBoth("signed-by-peer", [
    "slsaprovenance02 under a condition",
    "slsaprovenance1 under a condition",
    "spdxjson under a condition",
    "cyclonedx under a condition",
    "vuln under a condition",
    "openvex under a condition",
  ]),
  ...inOne("signed-by-peer", [
    "an attestation in the older .att tag",
    "a keyless attestation, young enough by its log",
  ]),
  tampered("the attestation of another image", { state: "bad", code: "DIGEST_MISMATCH" }),
  tampered("a swapped payload in the envelope", { state: "bad", code: "SIGNATURE_INVALID" }),
  tampered("a flipped byte in the signature", { state: "bad", code: "SIGNATURE_INVALID" }),
  tampered("an attestation of another predicate type", { state: "none" }),
  tampered("an attestation of another type under a label of the type asked for", {
    state: "bad",
    code: "PREDICATE_MISMATCH",
  }),
  tampered("a condition that is false", { state: "bad", code: "CONDITION_FALSE" }),
  tampered("a condition about a field that is not there", { state: "unknown", code: "CONDITION_UNDECIDED" }),
  tampered("two attestations that fulfil one condition each", { state: "bad", code: "CONDITION_FALSE" }),
  tampered("an attestation by another key", { state: "bad", code: "KEY_MISMATCH" }),
  tampered("a keyless attestation by another identity", { state: "bad", code: "IDENTITY_MISMATCH" }),
  tampered("a keyless attestation that is too old", { state: "bad", code: "TOO_OLD" }),
  tampered("an attestation without a trusted time, when an age is asked for", {
    state: "bad",
    code: "TIMESTAMP_INVALID",
  }),
  tampered("an index attested, but not its child", { state: "none" }),
  tampered("a signature instead of an attestation", { state: "none" }),
];

function inBoth(direction: PeerCase["direction"], names: readonly string[]): readonly PeerCase[] {
  return [OUR_REGISTRY, DOCKER_REGISTRY].flatMap((store) => names.map((name) => verified(name, direction, store)));
}

function inOne(direction: PeerCase["direction"], names: readonly string[]): readonly PeerCase[] {
  return names.map((name) => verified(name, direction, OUR_REGISTRY));
}

function verified(name: string, direction: PeerCase["direction"], store: string): PeerCase {
  // a name is unique in its table
  const full = store === DOCKER_REGISTRY ? `${name}, kept under a tag` : name;
  return { name: full, direction, peer: PEER, store, want: { state: "verified" } };
}

function tampered(name: string, want: PeerCase["want"]): PeerCase {
  return { name, direction: "tampered", peer: PEER, store: OUR_REGISTRY, want };
}
