// SPDX-License-Identifier: Apache-2.0
import { API_GROUP } from "#base";

/** Predicate type of our own verdict: another cluster may trust it instead of scanning. */
export const VERDICT_PREDICATE_TYPE: `https://${typeof API_GROUP}/attestation/verdict/v1` = `https://${API_GROUP}/attestation/verdict/v1`;

/** Predicate type of what our scanner found. */
export const SCAN_PREDICATE_TYPE: `https://${typeof API_GROUP}/attestation/scan/v1` = `https://${API_GROUP}/attestation/scan/v1`;

/** Predicate type of a CycloneDX inventory (in-toto attestation framework, "CycloneDX"). */
export const CYCLONEDX_PREDICATE_TYPE = "https://cyclonedx.org/bom";

/** The short names that `cosign attest --type` and our command line know, and the predicate types that they write. */
export const PREDICATE_TYPES: Readonly<Record<string, string>> = {
  slsaprovenance: "https://slsa.dev/provenance/v0.2",
  slsaprovenance02: "https://slsa.dev/provenance/v0.2",
  slsaprovenance1: "https://slsa.dev/provenance/v1",
  link: "https://in-toto.io/Link/v1",
  spdx: "https://spdx.dev/Document",
  spdxjson: "https://spdx.dev/Document",
  cyclonedx: CYCLONEDX_PREDICATE_TYPE,
  vuln: "https://cosign.sigstore.dev/attestation/vuln/v1",
  openvex: "https://openvex.dev/ns",
  custom: "https://cosign.sigstore.dev/attestation/v1",
};

/** The predicate type of a short name, or the text itself when it is a URI already; `undefined` for anything else. */
export function toPredicateType(text: string): string | undefined {
  const known = Object.hasOwn(PREDICATE_TYPES, text) ? PREDICATE_TYPES[text] : undefined;
  return known ?? (/^[a-z][a-z0-9+.-]*:[^\s]{1,1000}$/i.test(text) ? text : undefined);
}
