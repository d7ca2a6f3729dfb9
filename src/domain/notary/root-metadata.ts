// SPDX-License-Identifier: Apache-2.0

import type { Limits } from "#base";
import { SignatureRejected } from "#signatures";
import { readEntry, readField, toObject } from "./metadata-json.ts";
import { parseSignedDocument, type SignedDocument } from "./signed-document.ts";
import type { TufKey } from "./tuf-key.ts";
import { parseRoleKeys, type Reading, type RoleKeys, verifyThreshold } from "./verify-threshold.ts";

/** A root file that was read: who may sign what. */
export interface RootMetadata {
  readonly bytes: Uint8Array;
  readonly document: SignedDocument;
  readonly version: number;
  readonly expires: number;
  readonly root: RoleKeys;
  readonly timestamp: RoleKeys;
  readonly snapshot: RoleKeys;
  readonly targets: RoleKeys;
}

/** Reads a root file of the repository. Its signatures are not looked at. */
export function parseRoot(bytes: Uint8Array, gun: string, reading: Reading): RootMetadata {
  const document = parseSignedDocument(bytes, "root", reading.limits);
  const keys = toObject(readField(document.signed, "keys"), "keys");
  const roles = toObject(readField(document.signed, "roles"), "roles");
  function roleOf(name: string): RoleKeys {
    return parseRoleKeys(name, toObject(readEntry(roles, name), `role ${name}`), { ...reading, keys });
  }
  return {
    bytes,
    document,
    version: document.version,
    expires: document.expires,
    root: { ...roleOf("root"), accepts: (key) => isCertificateOf(key, gun) },
    timestamp: roleOf("timestamp"),
    snapshot: roleOf("snapshot"),
    targets: roleOf("targets"),
  };
}

/** The root keys of `by` that signed `root`; throws `THRESHOLD_NOT_MET` for too few. */
export function verifyRootBy(by: RootMetadata, root: RootMetadata, limits: Limits): readonly TufKey[] {
  return verifyThreshold(root.document, by.root, limits);
}

/**
 * The root keys of the file itself that signed it. Throws `REFERENCE_MISMATCH` when its keys were made for another
 * repository (one root key signs for all repositories of its owner; only the certificate tells them apart).
 */
export function verifyRootByItself(root: RootMetadata, gun: string, limits: Limits): readonly TufKey[] {
  try {
    return verifyRootBy(root, root, limits);
  } catch (error) {
    const withoutName: RoleKeys = { ...root.root, accepts: (key) => key.certificate !== undefined };
    if (error instanceof SignatureRejected && error.code === "THRESHOLD_NOT_MET" && isMet(root, withoutName, limits)) {
      throw new SignatureRejected("REFERENCE_MISMATCH", `root keys are not certificates for ${gun}`, { cause: error });
    }
    throw error;
  }
}

function isMet(root: RootMetadata, role: RoleKeys, limits: Limits): boolean {
  try {
    verifyThreshold(root.document, role, limits);
    return true;
  } catch {
    // the first error says it already
    return false;
  }
}

/** Root keys are certificates whose common name is the repository, or `prefix/*` (Notary, `MatchCNToGun`). */
function isCertificateOf(key: TufKey, gun: string): boolean {
  const names = (key.certificate?.subject ?? "").split("\n").filter((line) => line.startsWith("CN="));
  const name = names.length === 1 ? (names[0] ?? "").slice(3) : "";
  // Only whole components: Notary would let `docker.io/acme*` stand for `docker.io/acme-evil/app`.
  return name.endsWith("/*") ? gun.startsWith(name.slice(0, -1)) : name === gun;
}

/** Throws `EXPIRED` when the file ended, or so many certificates of its keys that the rest is too few. */
export function assertRootCurrent(root: RootMetadata, signers: readonly TufKey[], now: Date): void {
  if (root.expires <= now.getTime()) {
    throw new SignatureRejected("EXPIRED", `root ended at ${new Date(root.expires).toISOString()}`);
  }
  const current = signers.filter((key) => Date.parse(key.certificate?.validTo ?? "") > now.getTime());
  if (current.length < root.root.threshold) {
    throw new SignatureRejected("EXPIRED", "certificates of root keys have ended");
  }
}
