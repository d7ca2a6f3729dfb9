// SPDX-License-Identifier: Apache-2.0

import type { Limits } from "#base";
import { SignatureRejected } from "#signatures";
import {
  type JsonObject,
  parseMetadataJson,
  readEntry,
  toArray,
  toBytes,
  toInteger,
  toObject,
  toText,
} from "./metadata-json.ts";
import { canonicalKeyId } from "./tuf-key.ts";
import { keysOfRole, type RoleKeys } from "./verify-threshold.ts";

/** What was seen of a repository and must not go back. */
export interface TrustState {
  /** The newest root that was verified. */
  readonly root: Uint8Array;
  /** Ids of all root keys on the way from the first accepted root to this one. */
  readonly rootKeyIds: readonly string[];
  /** The newest version that was verified, by role. */
  readonly floors: Readonly<Record<string, Floor>>;
}

/** The keys belong to it: when all of them were replaced, versions may start again, as the older files count no more. */
export interface Floor {
  readonly version: number;
  /** Canonical ids of the keys that the role had. */
  readonly keyIds: readonly string[];
}

/** The bytes to store. */
export function renderTrustState(state: TrustState): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      format: 1,
      root: Buffer.from(state.root).toString("base64"),
      rootKeyIds: state.rootKeyIds,
      floors: state.floors,
    }),
  );
}

/**
 * The state in stored bytes. Throws `TRUST_MATERIAL_INVALID` for anything else: taken for "nothing seen yet", damaged
 * bytes would let another root in.
 */
export function parseTrustState(bytes: Uint8Array, limits: Limits): TrustState {
  try {
    const object = parseMetadataJson(bytes, limits.maxJsonDepth);
    toInteger(object["format"] === 1 ? 1 : undefined, "format", 1);
    const floors = toObject(object["floors"], "floors");
    return {
      root: toBytes(object["root"], "root"),
      rootKeyIds: readTexts(object, "rootKeyIds"),
      floors: Object.fromEntries(Object.keys(floors).map((role) => [role, readFloor(readEntry(floors, role))])),
    };
  } catch (error) {
    throw new SignatureRejected("TRUST_MATERIAL_INVALID", "stored trust state cannot be read", { cause: error });
  }
}

function readFloor(value: unknown): Floor {
  const object = toObject(value, "floor");
  return { version: toInteger(object["version"], "version", 1), keyIds: readTexts(object, "keyIds") };
}

function readTexts(object: JsonObject, name: string): readonly string[] {
  return toArray(object[name], name).map((each) => toText(each, name));
}

/** Throws `METADATA_ROLLBACK` for a version below the floor, unless the role has none of its keys any more. */
export function assertNoRollback(floor: Floor | undefined, role: RoleKeys, version: number): void {
  if (floor === undefined || version >= floor.version) {
    return;
  }
  if (keysOfRole(role).some((key) => floor.keyIds.includes(canonicalKeyId(key)))) {
    throw new SignatureRejected(
      "METADATA_ROLLBACK",
      `${role.name} has version ${version}, version ${floor.version} was seen before`,
    );
  }
}

/** The floor after this version was verified; the same object when nothing changed. */
export function raiseFloor(floor: Floor | undefined, role: RoleKeys, version: number): Floor {
  return floor?.version === version ? floor : { version, keyIds: keysOfRole(role).map((key) => canonicalKeyId(key)) };
}
