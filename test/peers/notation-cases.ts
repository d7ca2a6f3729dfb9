// SPDX-License-Identifier: Apache-2.0
import type { PeerCase } from "./peer-case.ts";

/** A row of the matrix for the Notary Project, with what `notation verify` says where it can be asked the same. */
export interface NotationCase extends PeerCase {
  readonly notationSays?: "yes" | "no";
}

const PEER = "notation 1.3";
const OURS = "our registry, referrer";
const DOCKER = "docker-registry 2.8, tag";

/** Signatures of the Notary Project, made by notation. */
export const NOTATION_CASES: readonly NotationCase[] = [
  ...[OURS, DOCKER].flatMap((store) =>
    [
      "JWS by RSA 2048",
      "JWS by RSA 3072",
      "JWS by RSA 4096",
      "JWS by ECDSA P-256",
      "JWS by ECDSA P-384",
      "JWS by ECDSA P-521",
      "COSE by RSA 2048",
      "COSE by RSA 3072",
      "COSE by RSA 4096",
      "COSE by ECDSA P-256",
      "COSE by ECDSA P-384",
      "COSE by ECDSA P-521",
      "JWS with a timestamp",
      "COSE with a timestamp",
    ].map((name) => row(name, store, "verified", "yes")),
  ),
  row("two signatures, one by an identity that is not trusted", OURS, "verified", "yes"),
  row("JWS with an expiry", OURS, "verified", "yes"),
  row("COSE with an expiry", OURS, "verified", "yes"),
  row("a certificate that has ended, with a timestamp from before", OURS, "verified"),
  row("a certificate that OCSP and a list say is good", OURS, "verified", "yes"),
  row("the same image in another repository, scope *", OURS, "verified", "yes"),
  row("an image without a signature", OURS, "none", "no"),
  row("level permissive: a certificate that has ended", OURS, "verified"),
  row("level permissive: a signature that has ended", OURS, "verified"),
  row("level permissive: a certificate that is revoked", OURS, "verified", "yes"),
  row("level audit: a trust store without its root", OURS, "verified", "yes"),
  row("level skip", OURS, { state: "bad", code: "POLICY_MISMATCH" }),
  tampered("level audit: a flipped byte in the payload", { state: "bad", code: "SIGNATURE_INVALID" }),
  ...(["JWS", "COSE"] as const).flatMap((format) => [
    tampered(`${format}: a flipped byte in the payload`, { state: "bad", code: "SIGNATURE_INVALID" }),
    tampered(`${format}: a flipped byte in the signature`, { state: "bad", code: "SIGNATURE_INVALID" }),
    tampered(`${format}: a flipped byte in the protected header`, { state: "bad", code: "SIGNATURE_INVALID" }),
    tampered(`${format}: a flipped byte in the signature of the certificate`, {
      state: "bad",
      code: "CERTIFICATE_UNTRUSTED",
    }),
    tampered(`${format}: another digest`, { state: "bad", code: "DIGEST_MISMATCH" }),
    tampered(`${format}: the certificate of another key`, { state: "bad", code: "SIGNATURE_INVALID" }),
    tampered(`${format}: an unknown critical header`, { state: "unknown", code: "UNSUPPORTED" }),
    tampered(`${format}: without its intermediate certificate`, { state: "bad", code: "CERTIFICATE_UNTRUSTED" }),
    tampered(`${format}: an envelope under the media type of the other format`, { state: "bad", code: "MALFORMED" }),
    tampered(`${format}: an envelope that is cut off`, { state: "bad", code: "MALFORMED" }),
    tampered(`${format}: a timestamp over another signature`, { state: "bad", code: "TIMESTAMP_INVALID" }),
    tampered(`${format}: without the timestamp that the policy asks for`, { state: "bad", code: "TIMESTAMP_INVALID" }),
    tampered(`${format}: a signature that has ended`, { state: "bad", code: "EXPIRED" }, undefined),
  ]),
  tampered("algorithm none", { state: "bad", code: "SIGNATURE_INVALID" }),
  tampered("a certificate that has ended, without a timestamp", { state: "bad", code: "EXPIRED" }, undefined),
  tampered("a certificate that has ended, with a timestamp from after", { state: "bad", code: "EXPIRED" }, undefined),
  tampered("a certificate that a list says is revoked", { state: "bad", code: "REVOKED" }),
  tampered("a certificate that OCSP says is revoked", { state: "bad", code: "REVOKED" }),
  tampered("an authority that is revoked", { state: "bad", code: "REVOKED" }),
  tampered("a list that nobody brings", { state: "unknown", code: "REVOCATION_UNKNOWN" }),
  tampered("a list that another authority signed", { state: "unknown", code: "REVOCATION_UNKNOWN" }),
  tampered("an identity that is not trusted", { state: "bad", code: "IDENTITY_MISMATCH" }),
  tampered("a trust store without its root", { state: "bad", code: "CERTIFICATE_UNTRUSTED" }),
  tampered("a trust store of another kind", { state: "bad", code: "CERTIFICATE_UNTRUSTED" }),
  tampered("the root of the timestamp in a trust store for signers only", {
    state: "bad",
    code: "CERTIFICATE_UNTRUSTED",
  }),
  tampered("a scope of another repository", { state: "bad", code: "POLICY_MISMATCH" }),
  tampered("copied to another repository, scope of the first", { state: "bad", code: "POLICY_MISMATCH" }),
  tampered("an index is signed and its child is not: the child", { state: "none" }),
];

function row(
  name: string,
  store: string,
  want: "verified" | "none" | PeerCase["want"],
  notationSays?: "yes" | "no",
): NotationCase {
  const state = typeof want === "string" ? { state: want } : want;
  return {
    name,
    direction: "signed-by-peer",
    peer: PEER,
    store,
    want: state,
    ...(notationSays === undefined ? {} : { notationSays }),
  };
}

function tampered(name: string, want: PeerCase["want"], ...says: readonly ("no" | undefined)[]): NotationCase {
  const notationSays = says.length === 0 ? "no" : says[0];
  return {
    name,
    direction: "tampered",
    peer: PEER,
    store: OURS,
    want,
    ...(notationSays === undefined ? {} : { notationSays }),
  };
}
