// SPDX-License-Identifier: Apache-2.0
import type { KeyObject } from "node:crypto";
import { type Digest, digestAlgorithm, digestHex, quote } from "#base";
import {
  effectOf,
  type NotaryRequirement,
  type NotarySigner,
  type SignatureFindings,
  SignatureRejected,
  type VerificationSubject,
  type VerifiedSignature,
} from "#signatures";
import type { FileDescription } from "./file-description.ts";
import { RELEASES_ROLE } from "./role-name.ts";
import { findTarget, type TargetsRole, targetNames } from "./targets-metadata.ts";
import { canonicalKeyId, parseSignerKey } from "./tuf-key.ts";
import type { VerifiedRepository } from "./update-repository.ts";
import { keysOfRole } from "./verify-threshold.ts";

/** What was found out about one image. */
export type NotaryFindings = Pick<SignatureFindings, "signatures" | "problems" | "validUntil">;

/** The delegations that a requirement looks at. */
export function rolesOf(requirement: NotaryRequirement): readonly string[] {
  return [RELEASES_ROLE, ...requirement.signers.map(({ name }) => roleOfSigner(name))];
}

function roleOfSigner(name: string): string {
  return `targets/${name}`;
}

/** A tag as it was released, and by which role. */
interface Release {
  readonly tag: string;
  readonly role: TargetsRole;
  readonly target: FileDescription;
}

/**
 * Whether the digest is the released one of the tag: that of `targets/releases`, or of `targets` where the former does not
 * have the tag (as docker's client looks). Each signer must have signed the same digest in its own delegation, which must
 * list its key. Without a tag the digest must be the released one of some tag; it is never looked up again by `latest`.
 */
export function judgeTarget(
  repository: VerifiedRepository,
  requirement: NotaryRequirement,
  subject: Pick<VerificationSubject, "digest" | "reference">,
  location: string,
): NotaryFindings {
  try {
    const releases = releasesOf(repository, subject);
    const signatures = judgeReleases(releases, repository, requirement, location);
    return { signatures, problems: [], validUntil: new Date(repository.validUntil).toISOString() };
  } catch (error) {
    if (error instanceof SignatureRejected) {
      const { code, message, missingSigner } = error;
      const signer = missingSigner === undefined ? {} : { missingSigner };
      return {
        signatures: [],
        problems: [{ kind: "notary", code, effect: effectOf(code), location, message, ...signer }],
      };
    }
    throw error;
  }
}

function releasesOf(
  repository: VerifiedRepository,
  { digest, reference }: Pick<VerificationSubject, "digest" | "reference">,
): readonly [Release, ...Release[]] {
  if (reference.tag !== undefined) {
    return [releaseOf(repository, reference.tag, digest)];
  }
  const roles = releaseRoles(repository);
  const tags = new Set(roles.flatMap((role) => targetNames(role)));
  const [first, ...others] = [...tags].flatMap((tag) => {
    const release = findRelease(roles, tag);
    return release !== undefined && isSame(release.target, digest) ? [release] : [];
  });
  if (first === undefined) {
    throw new SignatureRejected("TARGET_MISSING", `${digest} is no target of ${repository.gun}`);
  }
  return [first, ...others];
}

function releaseOf(repository: VerifiedRepository, tag: string, digest: Digest): Release {
  const release = findRelease(releaseRoles(repository), tag);
  if (release === undefined) {
    throw new SignatureRejected("TARGET_MISSING", `tag ${quote(tag)} is no target of ${repository.gun}`);
  }
  if (!isSame(release.target, digest)) {
    const { role, target } = release;
    throw new SignatureRejected(
      "DIGEST_MISMATCH",
      `${role.keys.name} says sha256:${target.sha256.toString("hex")} for tag ${quote(tag)}`,
    );
  }
  return release;
}

function releaseRoles(repository: VerifiedRepository): readonly TargetsRole[] {
  return [RELEASES_ROLE, "targets"].flatMap((name) => repository.roles.get(name) ?? []);
}

function findRelease(roles: readonly TargetsRole[], tag: string): Release | undefined {
  for (const role of roles) {
    const target = findTarget(role, tag);
    if (target !== undefined) {
      return { tag, role, target };
    }
  }
  return undefined;
}

function isSame(target: FileDescription, digest: Digest): boolean {
  const hash = digestAlgorithm(digest) === "sha256" ? target.sha256 : target.sha512;
  return hash?.toString("hex") === digestHex(digest);
}

/** Of several tags with the digest one that all signers signed is enough; else the first says what is wrong. */
function judgeReleases(
  releases: readonly [Release, ...Release[]],
  repository: VerifiedRepository,
  requirement: NotaryRequirement,
  location: string,
): readonly VerifiedSignature[] {
  let first: SignatureRejected | undefined;
  for (const release of releases) {
    try {
      return judgeRelease(release, repository, requirement, location);
    } catch (error) {
      if (!(error instanceof SignatureRejected)) {
        throw error;
      }
      first ??= error;
    }
  }
  throw first ?? new Error("no release to judge");
}

function judgeRelease(
  release: Release,
  repository: VerifiedRepository,
  requirement: NotaryRequirement,
  location: string,
): readonly VerifiedSignature[] {
  if (requirement.signers.length === 0) {
    return toSignatures(release.role, location, requirement);
  }
  // As Portieris: what is wrong with signatures that are there is said before what is missing.
  const found = requirement.signers.map((signer) => ({ signer, role: roleSignedBy(signer, release, repository) }));
  const missing = found.find(({ role }) => role === undefined);
  if (missing !== undefined) {
    const { name } = missing.signer;
    throw new SignatureRejected(
      "TARGET_MISSING",
      `role ${quote(roleOfSigner(name))} of ${repository.gun} has not signed the tag ${quote(release.tag)}`,
      { missingSigner: name },
    );
  }
  return found.flatMap(({ role }) => (role === undefined ? [] : toSignatures(role, location, requirement)));
}

/** `undefined` where the signer has not signed the tag. */
function roleSignedBy(signer: NotarySigner, release: Release, repository: VerifiedRepository): TargetsRole | undefined {
  const name = roleOfSigner(signer.name);
  const role = repository.roles.get(name);
  const target = role === undefined ? undefined : findTarget(role, release.tag);
  const signerKey = keyOfSigner(signer);
  if (role === undefined || target === undefined) {
    return undefined;
  }
  if (!keysOfRole(role.keys).some((key) => key.publicKey.equals(signerKey))) {
    throw new SignatureRejected("KEY_MISMATCH", `the public key is none of the role ${quote(name)}`);
  }
  if (!target.sha256.equals(release.target.sha256)) {
    throw new SignatureRejected(
      "SIGNERS_DISAGREE",
      `role ${quote(name)} has signed another digest for the tag ${quote(release.tag)}`,
    );
  }
  return role;
}

function keyOfSigner(signer: NotarySigner): KeyObject {
  const key = parseSignerKey(signer.publicKey);
  if (key === undefined) {
    throw new SignatureRejected(
      "TRUST_MATERIAL_INVALID",
      `public key of signer ${quote(signer.name)} is no PEM key or certificate`,
    );
  }
  return key;
}

function toSignatures(
  role: TargetsRole,
  location: string,
  requirement: NotaryRequirement,
): readonly VerifiedSignature[] {
  const root = requirement.rootKeyIds.length > 0 ? "root-pinned" : "root-first-use";
  return role.signers.map((key) => ({
    kind: "notary",
    identity: role.keys.name,
    // of the bare key, so that a key and its certificate are one signer
    keyId: canonicalKeyId(key),
    location,
    checks: [
      root,
      "rotation",
      "threshold",
      "signature",
      "rollback",
      "expiry",
      "digest",
      ...(requirement.signers.length > 0 ? ["signer"] : []),
    ],
  }));
}
