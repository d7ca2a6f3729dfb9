// SPDX-License-Identifier: Apache-2.0

import type { Limits } from "#base";
import { SignatureRejected } from "#signatures";
import { type FileDescription, parseFileDescription } from "./file-description.ts";
import { type JsonObject, readEntry, readField, toArray, toObject, toText } from "./metadata-json.ts";
import { parentOf } from "./role-name.ts";
import type { TufKey } from "./tuf-key.ts";
import { parseRoleKeys, type RoleKeys } from "./verify-threshold.ts";

/** A role that signs targets, verified: its file, and what its parent lets it sign. */
export interface TargetsRole {
  readonly keys: RoleKeys;
  /** Prefixes of the names that it may sign; `""` is everything. */
  readonly paths: readonly string[];
  readonly version: number;
  readonly expires: number;
  /** The keys that signed the file. */
  readonly signers: readonly TufKey[];
  readonly signed: JsonObject;
}

/** What a parent says about a delegation: its keys, and the prefixes that are within those of the parent. */
export interface Delegation {
  readonly keys: RoleKeys;
  readonly paths: readonly string[];
}

/** The delegation to a direct child, or `undefined` when there is none of that name. */
export function findDelegation(parent: TargetsRole, name: string, limits: Limits): Delegation | undefined {
  const value = readField(parent.signed, "delegations");
  if (value === undefined || value === null || parentOf(name) !== parent.keys.name) {
    return undefined;
  }
  const delegations = toObject(value, "delegations");
  const keys = toObject(readField(delegations, "keys") ?? {}, "keys");
  const roles = toArray(readField(delegations, "roles") ?? [], "roles");
  if (roles.length > limits.maxReferrers) {
    throw new SignatureRejected(
      "LIMIT_EXCEEDED",
      `${parent.keys.name} has more than ${limits.maxReferrers} delegations`,
    );
  }
  // of two roles of one name the first counts, as for Notary
  const role = roles.map((each) => toObject(each, "role")).find((each) => readField(each, "name") === name);
  return role === undefined
    ? undefined
    : {
        keys: parseRoleKeys(name, role, { keys, limits, keyRing: parent.keys.keyRing }),
        paths: restrictPaths(parent.paths, readPaths(role, limits)),
      };
}

function readPaths(role: JsonObject, limits: Limits): readonly string[] {
  const paths = toArray(readField(role, "paths") ?? [], "paths");
  if (paths.length > limits.maxReferrers) {
    throw new SignatureRejected("LIMIT_EXCEEDED", `a delegation has more than ${limits.maxReferrers} paths`);
  }
  return paths.map((path) => toText(path, "paths"));
}

/** A child may not sign what its parent may not (Notary, `RestrictDelegationPathPrefixes`). */
function restrictPaths(parent: readonly string[], child: readonly string[]): readonly string[] {
  return child.filter((path) => parent.some((prefix) => path.startsWith(prefix)));
}

/** What the role says about the target; `undefined` when it says nothing or may not. */
export function findTarget(role: TargetsRole, name: string): FileDescription | undefined {
  if (!role.paths.some((prefix) => name.startsWith(prefix))) {
    return undefined;
  }
  const value = readEntry(targetsOf(role), name);
  return value === undefined ? undefined : parseFileDescription(value, "target");
}

/** The names of all targets of the file. */
export function targetNames(role: TargetsRole): readonly string[] {
  return Object.keys(targetsOf(role));
}

function targetsOf(role: TargetsRole): JsonObject {
  return toObject(readField(role.signed, "targets") ?? {}, "targets");
}
