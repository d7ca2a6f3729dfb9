// SPDX-License-Identifier: Apache-2.0
import { SignatureRejected } from "#signatures";

import type { MetadataStep } from "./metadata-request.ts";
import { assertRootCurrent, parseRoot, type RootMetadata, verifyRootBy, verifyRootByItself } from "./root-metadata.ts";
import type { TrustState } from "./trust-state.ts";
import { canonicalKeyId, type TufKey } from "./tuf-key.ts";
import type { Reading } from "./verify-threshold.ts";

/** On what a first root is accepted. */
export interface RootTrust extends Reading {
  readonly gun: string;
  readonly rootKeyIds: readonly string[];
  readonly trustOnFirstUse: boolean;
  readonly state: TrustState | undefined;
  readonly now: Date;
}

/** The root in force. */
export interface TrustedRoot {
  readonly root: RootMetadata;
  readonly rootKeyIds: readonly string[];
}

/**
 * The newest root, trusted because the stored root leads to it version by version, or a pinned key signed it or one before
 * it, or nothing was ever seen and the first use is trusted (TUF 1.0, section 5.3). `undefined`: the server has none.
 */
export function* acquireRoot(trust: RootTrust): MetadataStep<TrustedRoot | undefined> {
  const { limits, gun } = trust;
  const bytes = yield { name: "root.json", role: "root", maxBytes: limits.maxTrustMaterialBytes };
  if (bytes === undefined) {
    return undefined;
  }
  const latest = parseRoot(bytes, gun, trust);
  const trusted =
    trust.state === undefined ? yield* firstRoot(trust, latest) : yield* fromState(trust, trust.state, latest);
  assertRootCurrent(trusted.root, trusted.signers, trust.now);
  return { root: trusted.root, rootKeyIds: [...new Set(trusted.rootKeyIds)] };
}

interface Chain extends TrustedRoot {
  /** Who signed `root`, of its own keys. */
  readonly signers: readonly TufKey[];
}

/** Trust on first use is over once a root is stored: whatever else comes must follow from it. */
function* fromState(trust: RootTrust, state: TrustState, latest: RootMetadata): MetadataStep<Chain> {
  const known = readStored(trust, state);
  const stored = known.root;
  if (latest.version > stored.version) {
    return yield* follow(trust, known, latest);
  }
  if (latest.version === stored.version && latest.document.message.equals(stored.document.message)) {
    // the same root, perhaps with other signatures
    return Buffer.compare(latest.bytes, stored.bytes) === 0 ? known : succeed(trust, known, latest);
  }
  const isOlder = latest.version < stored.version && latest.root.keyIds.some((id) => state.rootKeyIds.includes(id));
  throw isOlder
    ? new SignatureRejected(
        "METADATA_ROLLBACK",
        `root has version ${latest.version}, version ${stored.version} was seen before`,
      )
    : new SignatureRejected("ROOT_NOT_TRUSTED", "root is another one than was seen before");
}

function readStored(trust: RootTrust, state: TrustState): Chain {
  try {
    const root = parseRoot(state.root, trust.gun, trust);
    return { root, rootKeyIds: state.rootKeyIds, signers: verifyRootByItself(root, trust.gun, trust.limits) };
  } catch (error) {
    throw new SignatureRejected("TRUST_MATERIAL_INVALID", "stored root does not hold", { cause: error });
  }
}

function* firstRoot(trust: RootTrust, latest: RootMetadata): MetadataStep<Chain> {
  const signers = verifyRootByItself(latest, trust.gun, trust.limits);
  const start: Chain = { root: latest, rootKeyIds: latest.root.keyIds, signers };
  if (trust.rootKeyIds.length > 0) {
    return isPinned(trust, signers) ? start : yield* fromPinned(trust, latest);
  }
  if (!trust.trustOnFirstUse) {
    throw new SignatureRejected("ROOT_NOT_TRUSTED", "no root key is pinned and trust on first use is off");
  }
  return start;
}

/** The pinned key may have been replaced since: looks for the oldest root that it signed and follows from there. */
function* fromPinned(trust: RootTrust, latest: RootMetadata): MetadataStep<Chain> {
  assertFollowable(trust, 0, latest);
  for (let version = 1; version < latest.version; version += 1) {
    const root = yield* readVersion(trust, version);
    const signers = root === undefined ? [] : verifyRootByItself(root, trust.gun, trust.limits);
    if (root !== undefined && isPinned(trust, signers)) {
      return yield* follow(trust, { root, rootKeyIds: root.root.keyIds, signers }, latest);
    }
  }
  throw new SignatureRejected("ROOT_NOT_TRUSTED", "root was signed by none of the pinned keys");
}

/** By the id of the certificate or by that of its key, which is what Notary's key list shows. */
function isPinned(trust: RootTrust, signers: readonly TufKey[]): boolean {
  return signers.some((key) => trust.rootKeyIds.includes(key.id) || trust.rootKeyIds.includes(canonicalKeyId(key)));
}

/** Each new root must be signed by enough keys of the one before and of its own (TUF 1.0, section 5.3.4). */
function* follow(trust: RootTrust, from: Chain, latest: RootMetadata): MetadataStep<Chain> {
  assertFollowable(trust, from.root.version, latest);
  let chain = from;
  for (let version = from.root.version + 1; version <= latest.version; version += 1) {
    const next = version === latest.version ? latest : yield* readVersion(trust, version);
    chain = succeed(trust, chain, next);
  }
  return chain;
}

function succeed(trust: RootTrust, chain: Chain, next: RootMetadata | undefined): Chain {
  if (next === undefined) {
    throw new SignatureRejected(
      "ROOT_NOT_TRUSTED",
      `server has no version ${chain.root.version + 1} of the root that was trusted`,
    );
  }
  try {
    verifyRootBy(chain.root, next, trust.limits);
  } catch (error) {
    throw error instanceof SignatureRejected && error.code === "THRESHOLD_NOT_MET"
      ? new SignatureRejected(
          "ROOT_NOT_TRUSTED",
          `root version ${next.version} is not signed by the keys of the one before it`,
          {
            cause: error,
          },
        )
      : error;
  }
  const signers = verifyRootByItself(next, trust.gun, trust.limits);
  return { root: next, rootKeyIds: [...chain.rootKeyIds, ...next.root.keyIds], signers };
}

function* readVersion(trust: RootTrust, version: number): MetadataStep<RootMetadata | undefined> {
  const name = `${version}.root.json`;
  const bytes = yield { name, role: "root", maxBytes: trust.limits.maxTrustMaterialBytes };
  if (bytes === undefined) {
    return undefined;
  }
  const root = parseRoot(bytes, trust.gun, trust);
  if (root.version !== version) {
    throw new SignatureRejected("METADATA_ROLLBACK", `${name} has version ${root.version}`);
  }
  return root;
}

function assertFollowable(trust: RootTrust, from: number, latest: RootMetadata): void {
  if (latest.version - from > trust.limits.maxRootRotations) {
    throw new SignatureRejected("LIMIT_EXCEEDED", `root is more than ${trust.limits.maxRootRotations} versions ahead`);
  }
}
