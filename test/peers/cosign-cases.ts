// SPDX-License-Identifier: Apache-2.0
import type { SignatureRequirement } from "#signatures";
import type { PeerCase } from "./peer-case.ts";

/** How the real cosign signed an image. */
export type CosignMethod =
  | "key"
  | "key-older-format"
  | "key-rekor-v1"
  | "key-rekor-v2"
  | "keyless-rekor-v1"
  | "keyless-rekor-v2"
  | "keyless-older-format"
  | "keyless-wrong-issuer-certificate"
  | "keyless-no-sct"
  | "keyless-bad-sct"
  | "keyless-expired"
  | "none";

/** Whose signature is asked for. */
export type CosignAsked =
  | "key"
  | "key-and-log"
  | "other-key"
  | "identity"
  | "pattern"
  | "other-identity"
  | "part-of-identity"
  | "other-root";

/** What is done to the material in the registry before we verify. */
export type CosignChange =
  | "none"
  /** A byte of the signature. */
  | "flipped-signature"
  /** The digest in the payload. */
  | "changed-payload"
  /** No entries of the log any more. */
  | "no-log-entry"
  /** The entries of another image's signature. */
  | "swapped-log-entry"
  /** What was attached to another image is attached to this one. */
  | "moved-to-other-image"
  /** Image and signature copied into another repository. */
  | "copied-to-other-repository"
  /** A signature manifest without layers. */
  | "empty-manifest"
  /** The index was signed, its child was asked for. */
  | "child-of-index"
  /** The same, signed with `--recursive`. */
  | "child-of-recursive-index";

export interface CosignCase extends PeerCase {
  readonly method: CosignMethod;
  readonly asked: CosignAsked;
  readonly change: CosignChange;
  readonly registry: CosignStore;
}

export type CosignStore = "ours" | "docker-registry";

const PEER = "cosign 3.1";
const STORES: Readonly<Record<CosignStore, string>> = { ours: "our registry", "docker-registry": "docker-registry" };

type Row = Pick<CosignCase, "name" | "method" | "asked" | "want"> & Partial<Pick<CosignCase, "change">>;

const SIGNED: readonly Row[] = [
  { name: "a key", method: "key", asked: "key", want: { state: "verified" } },
  { name: "a key, older format", method: "key-older-format", asked: "key", want: { state: "verified" } },
  { name: "a key with Rekor v1", method: "key-rekor-v1", asked: "key-and-log", want: { state: "verified" } },
  { name: "a key with Rekor v2", method: "key-rekor-v2", asked: "key-and-log", want: { state: "verified" } },
  { name: "keyless, Rekor v1", method: "keyless-rekor-v1", asked: "identity", want: { state: "verified" } },
  { name: "keyless, Rekor v2", method: "keyless-rekor-v2", asked: "identity", want: { state: "verified" } },
  { name: "keyless, older format", method: "keyless-older-format", asked: "identity", want: { state: "verified" } },
  { name: "keyless, by a pattern", method: "keyless-rekor-v1", asked: "pattern", want: { state: "verified" } },
  {
    name: "an image of an index signed with --recursive",
    method: "key",
    asked: "key",
    change: "child-of-recursive-index",
    want: { state: "verified" },
  },
  {
    name: "copied with its image to another repository",
    method: "key",
    asked: "key",
    change: "copied-to-other-repository",
    want: { state: "verified" },
  },
];

const TAMPERED: readonly Row[] = [
  { name: "not signed at all", method: "none", asked: "key", want: { state: "none" } },
  {
    name: "an empty signature manifest",
    method: "none",
    asked: "key",
    change: "empty-manifest",
    want: { state: "none" },
  },
  {
    name: "an image of an index of which only the index was signed",
    method: "key",
    asked: "key",
    change: "child-of-index",
    want: { state: "none" },
  },
  { name: "another key", method: "key", asked: "other-key", want: { state: "bad", code: "KEY_MISMATCH" } },
  {
    name: "another key, older format",
    method: "key-older-format",
    asked: "other-key",
    want: { state: "bad", code: "SIGNATURE_INVALID" },
  },
  {
    name: "a certificate where a key is asked for",
    method: "keyless-rekor-v1",
    asked: "key",
    want: { state: "bad", code: "KEY_MISMATCH" },
  },
  {
    name: "a key where a certificate is asked for",
    method: "key",
    asked: "identity",
    want: { state: "bad", code: "IDENTITY_MISMATCH" },
  },
  ...(["key", "key-older-format", "keyless-rekor-v1", "keyless-older-format"] as const).flatMap(
    (method): readonly Row[] => [
      {
        name: `a flipped byte in the signature (${method})`,
        method,
        asked: method.startsWith("keyless") ? "identity" : "key",
        change: "flipped-signature",
        want: { state: "bad", code: "SIGNATURE_INVALID" },
      },
      {
        name: `another digest in the payload (${method})`,
        method,
        asked: method.startsWith("keyless") ? "identity" : "key",
        change: "changed-payload",
        want: { state: "bad", code: "SIGNATURE_INVALID" },
      },
      {
        name: `the signature of another image (${method})`,
        method,
        asked: method.startsWith("keyless") ? "identity" : "key",
        change: "moved-to-other-image",
        want: { state: "bad", code: "DIGEST_MISMATCH" },
      },
    ],
  ),
  {
    name: "no proof of the log",
    method: "key",
    asked: "key-and-log",
    want: { state: "bad", code: "LOG_PROOF_MISSING" },
  },
  ...(["keyless-rekor-v1", "keyless-rekor-v2", "keyless-older-format"] as const).flatMap((method): readonly Row[] => [
    {
      name: `the proof of the log taken out (${method})`,
      method,
      asked: "identity",
      change: "no-log-entry",
      want: { state: "bad", code: "LOG_PROOF_MISSING" },
    },
    {
      name: `a swapped bundle: the entry of another signature (${method})`,
      method,
      asked: "identity",
      change: "swapped-log-entry",
      want: { state: "bad", code: "LOG_PROOF_INVALID" },
    },
    {
      name: `another identity (${method})`,
      method,
      asked: "other-identity",
      want: { state: "bad", code: "IDENTITY_MISMATCH" },
    },
  ]),
  {
    name: "a pattern that is only a part of the identity",
    method: "keyless-rekor-v1",
    asked: "part-of-identity",
    want: { state: "bad", code: "IDENTITY_MISMATCH" },
  },
  {
    name: "another Sigstore's trust root",
    method: "keyless-rekor-v1",
    asked: "other-root",
    want: { state: "bad", code: "TIMESTAMP_INVALID" },
  },
  { name: "no SCT", method: "keyless-no-sct", asked: "identity", want: { state: "bad", code: "SCT_INVALID" } },
  { name: "a bad SCT", method: "keyless-bad-sct", asked: "identity", want: { state: "bad", code: "SCT_INVALID" } },
  {
    name: "a certificate that had ended",
    method: "keyless-expired",
    asked: "identity",
    want: { state: "bad", code: "EXPIRED" },
  },
  {
    name: "a certificate for TLS servers",
    method: "keyless-wrong-issuer-certificate",
    asked: "identity",
    want: { state: "bad", code: "CERTIFICATE_UNTRUSTED" },
  },
];

/** Every row in both registries: what the real cosign wrote, and what became of it. */
export const COSIGN_CASES: readonly CosignCase[] = (["ours", "docker-registry"] as const).flatMap((registry) => [
  ...SIGNED.map((row) => toCase(row, registry, "signed-by-peer")),
  ...TAMPERED.map((row) => toCase(row, registry, "tampered")),
]);

function toCase(row: Row, registry: CosignStore, direction: PeerCase["direction"]): CosignCase {
  const isTag = row.method.endsWith("older-format");
  const place = isTag ? "tag" : registry === "ours" ? "referrer" : "referrers tag";
  return { change: "none", ...row, direction, registry, peer: PEER, store: `${STORES[registry]}, ${place}` };
}

/** Requirements by what is asked; keys and trust roots are known when the tests run. */
export type CosignRequirements = Readonly<Record<CosignAsked, SignatureRequirement>>;
