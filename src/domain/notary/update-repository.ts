// SPDX-License-Identifier: Apache-2.0

import { LIMITS, type Limits } from "#base";
import { effectOf, type SignatureProblemCode, SignatureRejected } from "#signatures";
import { assertDescribes, type FileDescription, lengthLimit, parseFileDescription } from "./file-description.ts";
import { KeyRing } from "./key-ring.ts";
import { readEntry, readField, toObject } from "./metadata-json.ts";
import type { MetadataStep } from "./metadata-request.ts";
import { isDelegationName, parentOf } from "./role-name.ts";
import type { RootMetadata } from "./root-metadata.ts";
import { type MetadataType, parseSignedDocument, type SignedDocument } from "./signed-document.ts";
import { findDelegation, type TargetsRole } from "./targets-metadata.ts";
import { acquireRoot, type RootTrust } from "./trust-root.ts";
import { assertNoRollback, type Floor, raiseFloor, type TrustState } from "./trust-state.ts";
import type { TufKey } from "./tuf-key.ts";
import { type RoleKeys, verifyThreshold } from "./verify-threshold.ts";

const MAX_TIMESTAMP_BYTES = 1024 * 1024;

/** Which repository, on what trust, and which delegations are needed. */
export interface RepositoryUpdate extends Omit<RootTrust, "limits" | "keyRing"> {
  /** Besides `targets`, e.g. `targets/releases`, `targets/alice`. */
  readonly roles: readonly string[];
  readonly limits?: Limits;
  /** Keeps keys from one update to the next; without it each key is read anew. */
  readonly keyRing?: KeyRing;
}

/** The verified targets roles of a repository. */
export interface VerifiedRepository {
  readonly gun: string;
  /** `targets` and those of the roles asked for that exist. */
  readonly roles: ReadonlyMap<string, TargetsRole>;
  /** Milliseconds since the epoch: when the first of the files ends. */
  readonly validUntil: number;
}

/** How an update ended. A state is to be stored before the outcome is used. */
export type RepositoryOutcome =
  | { readonly kind: "absent" }
  | { readonly kind: "verified"; readonly repository: VerifiedRepository; readonly state: TrustState }
  | { readonly kind: "refused"; readonly problem: RepositoryProblem; readonly state?: TrustState | undefined };

/** Why the metadata does not hold, and at which role. */
export interface RepositoryProblem {
  readonly code: SignatureProblemCode;
  readonly effect: ReturnType<typeof effectOf>;
  readonly role: string;
  readonly message: string;
}

/**
 * Verifies the metadata of a repository from root to delegations (TUF 1.0, section 5, in Notary's dialect). The caller
 * answers each request with bytes or `undefined` and throws into or leaves the generator when it cannot tell. Never throws
 * for what the bytes are.
 */
export function* updateRepository(update: RepositoryUpdate): MetadataStep<RepositoryOutcome> {
  const run = new Update(update);
  try {
    return yield* run.steps();
  } catch (error) {
    if (error instanceof SignatureRejected) {
      const problem = { code: error.code, effect: effectOf(error.code), role: run.role, message: error.message };
      return { kind: "refused", problem, state: run.progress() };
    }
    throw error;
  }
}

class Update {
  /** The one that is being verified. */
  role = "root";
  readonly #update: RepositoryUpdate;
  readonly #limits: Limits;
  readonly #floors: Map<string, Floor>;
  #root: Uint8Array | undefined;
  #rootKeyIds: readonly string[] = [];
  #validUntil = Number.POSITIVE_INFINITY;

  constructor(update: RepositoryUpdate) {
    this.#update = update;
    this.#limits = update.limits ?? LIMITS;
    this.#floors = new Map(Object.entries(update.state?.floors ?? {}));
  }

  /** What was verified so far; of a first use nothing, so that a root that leads nowhere is not kept. */
  progress(): TrustState | undefined {
    return this.#root === undefined || this.#update.state === undefined ? undefined : this.#state(this.#root);
  }

  #state(root: Uint8Array): TrustState {
    return { root, rootKeyIds: this.#rootKeyIds, floors: Object.fromEntries(this.#floors) };
  }

  *steps(): MetadataStep<RepositoryOutcome> {
    const trusted = yield* acquireRoot({
      ...this.#update,
      limits: this.#limits,
      keyRing: this.#update.keyRing ?? new KeyRing(),
    });
    if (trusted === undefined) {
      return { kind: "absent" };
    }
    const { root } = trusted;
    this.#root = root.bytes;
    this.#rootKeyIds = trusted.rootKeyIds;
    this.#validUntil = root.expires;
    const timestamp = yield* this.#timestamp(root);
    const snapshot = yield* this.#snapshot(root, timestamp);
    const roles = yield* this.#targets(root, snapshot);
    const repository = { gun: this.#update.gun, roles, validUntil: this.#validUntil };
    return { kind: "verified", repository, state: this.#state(root.bytes) };
  }

  *#timestamp(root: RootMetadata): MetadataStep<SignedDocument> {
    this.role = "timestamp";
    const bytes = yield { name: "timestamp.json", role: this.role, maxBytes: MAX_TIMESTAMP_BYTES };
    if (bytes === undefined) {
      throw new SignatureRejected("SOURCE_UNAVAILABLE", "server has a root and no timestamp");
    }
    return this.#verify(bytes, "timestamp", root.timestamp).document;
  }

  *#snapshot(root: RootMetadata, timestamp: SignedDocument): MetadataStep<SignedDocument> {
    this.role = "snapshot";
    const description = parseFileDescription(metaOf(timestamp, "snapshot"), "snapshot");
    const bytes = yield* this.#described(description);
    const { document } = this.#verify(bytes, "snapshot", root.snapshot);
    // A root that the snapshot does not know is older or newer than the rest (mix and match).
    assertDescribes(parseFileDescription(metaOf(document, "root"), "root"), root.bytes, "root");
    return document;
  }

  *#targets(root: RootMetadata, snapshot: SignedDocument): MetadataStep<ReadonlyMap<string, TargetsRole>> {
    this.role = "targets";
    const found = new Map<string, TargetsRole>();
    const targets = yield* this.#targetsFile(snapshot, root.targets, [""]);
    if (targets === undefined) {
      throw new SignatureRejected("MALFORMED", "snapshot does not list targets");
    }
    found.set("targets", targets);
    const missing = new Set<string>();
    for (const name of this.#namesInOrder()) {
      const parent = found.get(parentOf(name));
      const role = parent === undefined ? undefined : yield* this.#delegation(snapshot, parent, name);
      if (role === undefined) {
        missing.add(name);
      } else {
        found.set(name, role);
      }
    }
    return found;
  }

  /** Each role after those above it. Names that can be no role are left out: nobody can sign for them. */
  #namesInOrder(): readonly string[] {
    const names = new Set<string>();
    for (const name of this.#update.roles.filter(isDelegationName)) {
      for (let above = name; above !== "targets"; above = parentOf(above)) {
        names.add(above);
      }
    }
    if (names.size > this.#limits.maxDelegations) {
      throw new SignatureRejected(
        "LIMIT_EXCEEDED",
        `more than ${this.#limits.maxDelegations} delegations are asked for`,
      );
    }
    return [...names].sort((a, b) => a.length - b.length);
  }

  *#delegation(snapshot: SignedDocument, parent: TargetsRole, name: string): MetadataStep<TargetsRole | undefined> {
    this.role = name;
    const delegation = findDelegation(parent, name, this.#limits);
    if (delegation === undefined) {
      // Withdrawn: should it come back, it starts at version 1 again.
      this.#floors.delete(name);
      return undefined;
    }
    return yield* this.#targetsFile(snapshot, delegation.keys, delegation.paths);
  }

  /** The file of a targets role, or `undefined` when nothing was published for it yet. */
  *#targetsFile(
    snapshot: SignedDocument,
    keys: RoleKeys,
    paths: readonly string[],
  ): MetadataStep<TargetsRole | undefined> {
    const meta = metaOf(snapshot, keys.name);
    if (meta === undefined) {
      return undefined;
    }
    const bytes = yield* this.#described(parseFileDescription(meta, keys.name));
    const { document, signers } = this.#verify(bytes, "targets", keys);
    return { keys, paths, version: document.version, expires: document.expires, signers, signed: document.signed };
  }

  *#described(description: FileDescription): MetadataStep<Uint8Array> {
    const maxBytes = lengthLimit(description, this.role, this.#limits);
    const sha256 = description.sha256.toString("hex");
    const bytes = yield { name: `${this.role}.${sha256}.json`, role: this.role, maxBytes, sha256 };
    if (bytes === undefined) {
      throw new SignatureRejected(
        "SOURCE_UNAVAILABLE",
        `server does not have the ${this.role} that its metadata names`,
      );
    }
    assertDescribes(description, bytes, this.role);
    return bytes;
  }

  /** Signatures first, then what they vouch for: time and version. */
  #verify(
    bytes: Uint8Array,
    type: MetadataType,
    keys: RoleKeys,
  ): { readonly document: SignedDocument; readonly signers: readonly TufKey[] } {
    const document = parseSignedDocument(bytes, type, this.#limits);
    const signers = verifyThreshold(document, keys, this.#limits);
    const floor = this.#floors.get(keys.name);
    assertNoRollback(floor, keys, document.version);
    if (document.expires <= this.#update.now.getTime()) {
      throw new SignatureRejected("EXPIRED", `${keys.name} ended at ${new Date(document.expires).toISOString()}`);
    }
    this.#floors.set(keys.name, raiseFloor(floor, keys, document.version));
    this.#validUntil = Math.min(this.#validUntil, document.expires);
    return { document, signers };
  }
}

function metaOf(document: SignedDocument, role: string): unknown {
  return readEntry(toObject(readField(document.signed, "meta"), "meta"), role);
}
