// SPDX-License-Identifier: Apache-2.0
import type { PeerCase } from "./peer-case.ts";

/** A row of the matrix for Docker Content Trust, with what `notary lookup` itself says where it can be asked the same. */
export interface NotaryCase extends PeerCase {
  readonly notarySays?: "yes" | "no";
}

const PEER = "notary 0.7";
const SERVER = "notary-server 0.7";
const MIDDLE = "notary-server 0.7 behind a man in the middle";

/** Docker Content Trust, by the programs of Notary v1. */
export const NOTARY_CASES: readonly NotaryCase[] = [
  ...signed("verified", [
    "a tag in targets",
    "a tag in targets/releases, by an ECDSA certificate",
    "a tag in targets/releases, by an RSA certificate",
    "a tag in targets/releases, by a bare public key",
    "a released tag that every named signer has signed",
    "a signer in a delegation below a delegation",
    "a digest without a tag",
    "a root that is pinned by the id in the key list",
    "a root that is pinned by the id of its certificate",
    "a root key that was replaced, seen before",
    "a root key that was replaced, the old one pinned",
    "a root key that was replaced twice, seen before",
    "a targets key that was replaced",
    "a snapshot key that was handed to the server",
    "a timestamp key that was replaced",
    "a tag that was signed again, seen before",
    "a signer who was given a second key",
  ]),
  {
    name: "keys of the server in notary-signer",
    direction: "signed-by-peer",
    peer: PEER,
    store: "notary-server and notary-signer 0.7",
    want: { state: "verified" },
  },
  {
    name: "a server that wants a token, with an account",
    direction: "signed-by-peer",
    peer: PEER,
    store: "notary-server 0.7 with a token server",
    want: { state: "verified" },
  },
  {
    name: "a server that wants a token, anonymously",
    direction: "signed-by-peer",
    peer: PEER,
    store: "notary-server 0.7 with a token server",
    want: { state: "verified" },
  },
  {
    name: "a server that gives no token without an account",
    direction: "signed-by-peer",
    peer: PEER,
    store: "notary-server 0.7 with a token server",
    want: { state: "unknown", code: "SOURCE_UNAVAILABLE" },
  },
  {
    name: "a repository without trust data",
    direction: "signed-by-peer",
    peer: PEER,
    store: SERVER,
    want: { state: "none" },
    notarySays: "no",
  },
  {
    name: "trust data that was deleted",
    direction: "signed-by-peer",
    peer: PEER,
    store: SERVER,
    want: { state: "none" },
    notarySays: "no",
  },
  {
    name: "a tag that was never signed",
    direction: "signed-by-peer",
    peer: PEER,
    store: SERVER,
    want: { state: "bad", code: "TARGET_MISSING" },
    notarySays: "no",
  },
  {
    name: "a tag that was removed",
    direction: "signed-by-peer",
    peer: PEER,
    store: SERVER,
    want: { state: "bad", code: "TARGET_MISSING" },
    notarySays: "no",
  },
  {
    name: "a tag that only a delegation of a signer has",
    direction: "signed-by-peer",
    peer: PEER,
    store: SERVER,
    want: { state: "bad", code: "TARGET_MISSING" },
  },
  {
    name: "another digest than was signed",
    direction: "tampered",
    peer: PEER,
    store: SERVER,
    want: { state: "bad", code: "DIGEST_MISMATCH" },
  },
  {
    name: "a named signer with another key",
    direction: "tampered",
    peer: PEER,
    store: SERVER,
    want: { state: "bad", code: "KEY_MISMATCH" },
  },
  {
    name: "a named signer that has not signed the newest digest",
    direction: "tampered",
    peer: PEER,
    store: SERVER,
    want: { state: "bad", code: "SIGNERS_DISAGREE" },
  },
  {
    name: "a named signer whose delegation was revoked",
    direction: "tampered",
    peer: PEER,
    store: SERVER,
    want: { state: "bad", code: "TARGET_MISSING" },
  },
  {
    name: "a root by another key than is pinned",
    direction: "tampered",
    peer: PEER,
    store: SERVER,
    want: { state: "bad", code: "ROOT_NOT_TRUSTED" },
    notarySays: "no",
  },
  {
    name: "trust data made anew after first use",
    direction: "tampered",
    peer: PEER,
    store: SERVER,
    want: { state: "bad", code: "ROOT_NOT_TRUSTED" },
    notarySays: "no",
  },
  ...tampered("THRESHOLD_NOT_MET", [
    "a flipped byte in what root says",
    "a flipped byte in what the timestamp says",
    "no signatures on the timestamp",
    "one signature twice where two keys are needed",
    "a method of signing that nobody knows",
  ]),
  {
    // notary counts ids and not keys
    ...tamperedRow("one key under two ids where two are needed"),
    want: { state: "bad", code: "THRESHOLD_NOT_MET" },
    notarySays: "yes",
  },
  ...tampered("DIGEST_MISMATCH", [
    "a flipped byte in the snapshot",
    "a flipped byte in targets",
    "a flipped byte in a delegation",
    "an older snapshot below a newer timestamp",
    "older targets below a newer snapshot",
    "a root of other versions than the rest",
  ]),
  ...tampered("METADATA_ROLLBACK", [
    "an older timestamp with all that it describes",
    "the time before a delegation was revoked",
    "a root from before its key was replaced",
  ]),
  ...tampered("EXPIRED", ["a timestamp that is kept from growing older (freeze)", "targets that have ended"]),
  ...tampered("REFERENCE_MISMATCH", ["the trust data of another repository"]),
  ...tampered("ROOT_NOT_TRUSTED", [
    "the trust data of another repository, seen before",
    "a newer root that the old key has not signed",
  ]),
  ...tampered("MALFORMED", [
    "a root that is cut off",
    "a timestamp that is cut off",
    "a page in the place of the root",
  ]),
  { ...tamperedRow("an endless root"), want: { state: "unknown", code: "LIMIT_EXCEEDED" } },
  { ...tamperedRow("an endless timestamp"), want: { state: "unknown", code: "LIMIT_EXCEEDED" } },
  { ...tamperedRow("a connection that breaks off"), want: { state: "unknown", code: "SOURCE_UNAVAILABLE" } },
  { ...tamperedRow("a snapshot that the server keeps back"), want: { state: "unknown", code: "SOURCE_UNAVAILABLE" } },
  { ...tamperedRow("a timestamp that the server keeps back"), want: { state: "unknown", code: "SOURCE_UNAVAILABLE" } },
];

function signed(state: "verified", names: readonly string[]): readonly NotaryCase[] {
  return names.map((name) => ({ name, direction: "signed-by-peer", peer: PEER, store: SERVER, want: { state } }));
}

function tampered(code: NonNullable<PeerCase["want"]["code"]>, names: readonly string[]): readonly NotaryCase[] {
  return names.map((name) => ({ ...tamperedRow(name), want: { state: "bad", code } }));
}

function tamperedRow(name: string): Omit<NotaryCase, "want"> {
  return { name, direction: "tampered", peer: PEER, store: MIDDLE, notarySays: "no" };
}
