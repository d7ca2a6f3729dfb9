// SPDX-License-Identifier: Apache-2.0
import type { SignatureProblemCode } from "#signatures";
import type { PeerCase } from "./peer-case.ts";

/** A row of the matrix for GPG simple signing, with what another program says of the same signature where it can be asked. */
export interface SimpleSigningCase extends PeerCase {
  /** `skopeo standalone-verify`, or gpg itself for what skopeo cannot be asked. */
  readonly peerSays?: "yes" | "no";
}

const GPG = "gpg 2.2";
const SKOPEO = "skopeo standalone-sign";
const COPY = "skopeo copy --sign-by";
const STORE = "lookaside store over HTTP";
const EXTENSION = "registry with X-Registry-Supports-Signatures (test server)";
const DOCKER_REGISTRY = "docker-registry 2.8, lookaside store over HTTP";

/** GPG simple signing (containers-signature(5)), by the programs of GnuPG and the containers project. */
export const SIMPLE_SIGNING_CASES: readonly SimpleSigningCase[] = [
  ...rows("signed-by-peer", "verified", [
    { name: "an RSA key", peer: SKOPEO, peerSays: "yes" },
    { name: "an Ed25519 key", peer: SKOPEO, peerSays: "yes" },
    { name: "an ECDSA P-256 key", peer: SKOPEO, peerSays: "yes" },
    { name: "a signing subkey", peer: SKOPEO },
    { name: "an image that skopeo copied and signed, by tag", peer: COPY, store: DOCKER_REGISTRY },
    { name: "an image that skopeo copied and signed, by digest", peer: COPY, store: DOCKER_REGISTRY },
    { name: "two signers, one of them is asked for", peer: COPY, store: DOCKER_REGISTRY },
    { name: "a signature in the registry", peer: SKOPEO, store: EXTENSION },
    { name: "a signature in a folder of the operator", peer: SKOPEO, store: "lookaside store as file://" },
    { name: "armoured", peer: `${GPG} --armor --sign` },
    { name: "compressed by zlib", peer: `${GPG} --compress-algo zlib` },
    { name: "not compressed, of a text", peer: `${GPG} --textmode -z 0` },
    { name: "two signatures in one message", peer: `${GPG} -u … -u …` },
    { name: "several candidates, the good one last", peer: SKOPEO },
    { name: "version 3, which gpg verifies but no longer writes", peer: GPG, peerSays: "yes" },
    { name: "matchExact, the same tag", peer: SKOPEO },
    { name: "matchRepoDigestOrExact, asked for by digest", peer: SKOPEO },
    { name: "matchRepository, another tag", peer: SKOPEO },
    { name: "exactReference of a vendor, mirrored", peer: SKOPEO },
    { name: "exactRepository of a vendor, mirrored", peer: SKOPEO },
    { name: "remapIdentity from a mirror to its vendor", peer: SKOPEO },
  ]),
  ...rows("signed-by-us", "verified", [
    { name: "a payload of ours, signed by gpg", peer: "skopeo standalone-verify", peerSays: "yes" },
  ]),
  { name: "no signature", direction: "signed-by-peer", peer: SKOPEO, store: STORE, want: { state: "none" } },
  ...tampered("SIGNATURE_INVALID", [
    { name: "a flipped byte in the signed content", peer: GPG, peerSays: "no" },
    { name: "a flipped byte in the signature", peer: GPG, peerSays: "no" },
    { name: "SHA-1", peer: `${GPG} --digest-algo SHA1` },
    { name: "an RSA key of 1024 bits", peer: GPG },
  ]),
  ...tampered("KEY_MISMATCH", [{ name: "another key", peer: SKOPEO, peerSays: "no" }]),
  ...tampered("EXPIRED", [
    { name: "a key that has ended", peer: GPG },
    { name: "a signature that has ended", peer: GPG, peerSays: "no" },
  ]),
  ...tampered("REVOKED", [{ name: "a revoked key", peer: GPG }]),
  ...tampered("DIGEST_MISMATCH", [
    { name: "another digest", peer: SKOPEO, peerSays: "no" },
    { name: "the signature of another image in its place", peer: COPY, store: DOCKER_REGISTRY },
  ]),
  ...tampered("REFERENCE_MISMATCH", [
    { name: "another repository", peer: SKOPEO, peerSays: "no" },
    { name: "matchExact, another tag", peer: SKOPEO },
    { name: "matchRepoDigestOrExact, another tag", peer: SKOPEO },
    { name: "matchRepoDigestOrExact, asked for by digest, another repository", peer: SKOPEO },
    { name: "matchRepository, a repository whose name begins alike", peer: SKOPEO },
    { name: "exactReference, another tag of the vendor", peer: SKOPEO },
    { name: "exactRepository, another repository of the vendor", peer: SKOPEO },
    { name: "remapIdentity, a prefix that ends within a name", peer: SKOPEO },
    { name: "remapIdentity, signed under the mirror's own name", peer: SKOPEO },
  ]),
  ...tampered("MALFORMED", [
    { name: "a truncated signature", peer: GPG, peerSays: "no" },
    { name: "a detached signature", peer: `${GPG} --detach-sign`, peerSays: "no" },
    // gpg, and skopeo with it, lets this form pass, which containers-signature(5) does not allow
    { name: "a cleartext signature", peer: `${GPG} --clearsign`, peerSays: "yes" },
    { name: "a message that nobody signed", peer: `${GPG} --store`, peerSays: "no" },
    { name: "a key twice in the signed JSON", peer: GPG },
    { name: "an unknown critical member in the signed JSON", peer: GPG, peerSays: "no" },
  ]),
  ...unknown("LIMIT_EXCEEDED", [
    { name: "a compressed bomb", peer: GPG },
    { name: "signatures without end", peer: "test server" },
  ]),
  ...unknown("UNSUPPORTED", [{ name: "compressed by bzip2", peer: `${GPG} --compress-algo bzip2` }]),
  ...unknown("SOURCE_UNAVAILABLE", [{ name: "a store that answers with 500", peer: "test server" }]),
  ...unknown("TRUST_MATERIAL_INVALID", [{ name: "a key ring that cannot be read", peer: SKOPEO }]),
  {
    name: "a registry that keeps no signatures, without a store",
    direction: "tampered",
    peer: "docker-registry 2.8",
    store: "docker-registry 2.8",
    want: { state: "bad", code: "NOT_SUPPORTED" },
  },
];

type Row = Pick<SimpleSigningCase, "name" | "peer" | "peerSays"> & { readonly store?: string };

function rows(direction: PeerCase["direction"], state: "verified", list: readonly Row[]): readonly SimpleSigningCase[] {
  return list.map((row) => ({ store: STORE, ...row, direction, want: { state } }));
}

function tampered(code: SignatureProblemCode, list: readonly Row[]): readonly SimpleSigningCase[] {
  return list.map((row) => ({ store: STORE, ...row, direction: "tampered", want: { state: "bad", code } }));
}

function unknown(code: SignatureProblemCode, list: readonly Row[]): readonly SimpleSigningCase[] {
  return list.map((row) => ({ store: STORE, ...row, direction: "tampered", want: { state: "unknown", code } }));
}
