// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { LIMITS, messageOf, redactUrl } from "#base";
import {
  judgeTarget,
  KeyRing,
  type NotaryFindings,
  parseTrustState,
  type RepositoryOutcome,
  renderTrustState,
  rolesOf,
  updateRepository,
} from "#notary";
import {
  effectOf,
  type NotaryRequirement,
  type SignatureProblemCode,
  SignatureRejected,
  type TrustHttp,
  type TrustStateStore,
  type VerificationSubject,
} from "#signatures";
import { MetadataCache } from "./metadata-cache.ts";
import { fetchMetadata, type MetadataSourceOptions, metadataUrl } from "./metadata-source.ts";
import { findNotaryServer, type KnownServers, type NotaryServer } from "./notary-server.ts";
import { SharedWork } from "./shared-work.ts";

export interface NotaryClientOptions extends KnownServers {
  readonly http: TrustHttp;
  readonly state: TrustStateStore;
  /** For all files of one repository together, in milliseconds; default 30 000. */
  readonly deadlineMs?: number;
}

/** An image, and who asks. */
export interface NotarySubject extends VerificationSubject {
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One for a process: it holds files that never change, and shares work that is under way. */
export interface NotaryClient {
  /**
   * What the repository's trust data says about the image. No signatures and no problems: it is certain that there is no
   * trust data. Never throws for what the server says or for a server that says nothing.
   */
  verify(
    requirement: NotaryRequirement,
    subject: NotarySubject,
  ): Promise<NotaryFindings & { readonly isComplete: boolean }>;
}

const DEFAULT_DEADLINE_MS = 30_000;
/** The first answer, and one more when it did not fit together: someone may have published in between. */
const MAX_READS = 2;
/** How often another process may be faster in storing what it saw. */
const MAX_STORES = 5;

/** A client of Notary v1 servers (Docker Content Trust) that keeps what it has seen in `state`. */
export function createNotaryClient(options: NotaryClientOptions): NotaryClient {
  const cache = new MetadataCache();
  const keyRing = new KeyRing();
  const updates = new SharedWork<RepositoryOutcome>(options.deadlineMs ?? DEFAULT_DEADLINE_MS);
  return {
    async verify(requirement, subject) {
      const { registry, repository } = subject.reference;
      const server = findNotaryServer(requirement, registry, options);
      if (server === undefined) {
        return failed("NOT_SUPPORTED", registry, `no trust server is known for ${registry}`);
      }
      if (server === "invalid") {
        return failed("TRUST_MATERIAL_INVALID", registry, "the trust server is no http or https URL");
      }
      const gun = `${registry}/${repository}`;
      const location = redactUrl(metadataUrl(server, gun));
      try {
        const key = workKey(server, gun, requirement, subject);
        const outcome = await updates.share(key, subject.signal, (signal) =>
          refresh(
            { ...options, cache, keyRing, server, gun, credentials: subject.credentials, signal },
            requirement,
            subject.now,
          ),
        );
        return conclude(outcome, requirement, subject, location);
      } catch (error) {
        return error instanceof SignatureRejected
          ? failed(error.code, location, error.message)
          : failed("SOURCE_UNAVAILABLE", location, messageOf(error));
      }
    },
  };
}

function conclude(
  outcome: RepositoryOutcome,
  requirement: NotaryRequirement,
  subject: NotarySubject,
  location: string,
): NotaryFindings & { readonly isComplete: boolean } {
  switch (outcome.kind) {
    case "absent":
      return { signatures: [], problems: [], isComplete: true };
    case "refused":
      return failed(outcome.problem.code, `${location}${outcome.problem.role}`, outcome.problem.message);
    case "verified":
      return { ...judgeTarget(outcome.repository, requirement, subject, location), isComplete: true };
  }
}

function failed(
  code: SignatureProblemCode,
  location: string,
  message: string,
): NotaryFindings & { readonly isComplete: boolean } {
  const effect = effectOf(code);
  return {
    signatures: [],
    problems: [{ kind: "notary", code, effect, location, message }],
    isComplete: effect !== "unknown",
  };
}

/** Who may wait for the same work: the same files on the same trust, read with the same rights. */
function workKey(server: NotaryServer, gun: string, requirement: NotaryRequirement, subject: NotarySubject): string {
  const parts = [
    stateKey(server, gun, requirement),
    server.origin,
    requirement.trustOnFirstUse,
    [...new Set(rolesOf(requirement))].toSorted(),
    subject.credentials ?? null,
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/**
 * Each set of pinned keys has a memory of its own beside that of first use: a root that was merely seen first must not
 * pass for one that is pinned, and cannot lock out the pinned one either.
 */
function stateKey(server: NotaryServer, gun: string, { rootKeyIds }: NotaryRequirement): string {
  const pins = createHash("sha256").update(JSON.stringify([...new Set(rootKeyIds)].toSorted()));
  return `notary ${server.url.href} ${gun}${rootKeyIds.length === 0 ? "" : ` ${pins.digest("hex").slice(0, 32)}`}`;
}

type Refresh = MetadataSourceOptions & Pick<NotaryClientOptions, "state"> & { readonly keyRing: KeyRing };

/** Reads, verifies and stores what was seen; when another process stored something in between, all over again. */
async function refresh(options: Refresh, requirement: NotaryRequirement, now: Date): Promise<RepositoryOutcome> {
  const key = stateKey(options.server, options.gun, requirement);
  // Without pins and without trust on first use nothing is trusted, least of all what another policy saw first.
  const isRemembered = requirement.rootKeyIds.length > 0 || requirement.trustOnFirstUse;
  for (let stores = 0; stores < MAX_STORES; stores += 1) {
    const stored = isRemembered ? await options.state.read(key) : undefined;
    const outcome = await readTwice(options, requirement, stored, now);
    const next = outcome.kind === "absent" || outcome.state === undefined ? undefined : renderTrustState(outcome.state);
    if (
      !isRemembered ||
      next === undefined ||
      isSame(next, stored) ||
      (await options.state.replace(key, stored, next))
    ) {
      return outcome;
    }
  }
  throw new SignatureRejected("SOURCE_UNAVAILABLE", "trust state is being changed by others all the time");
}

function isSame(next: Uint8Array, stored: Uint8Array | undefined): boolean {
  return stored !== undefined && Buffer.compare(next, stored) === 0;
}

async function readTwice(
  options: Refresh,
  requirement: NotaryRequirement,
  stored: Uint8Array | undefined,
  now: Date,
): Promise<RepositoryOutcome> {
  let outcome: RepositoryOutcome | undefined;
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    outcome = await readRepository(options, requirement, stored, now);
    if (outcome.kind !== "refused" || !mayHaveChanged(outcome.problem.code)) {
      return outcome;
    }
  }
  return outcome ?? { kind: "absent" };
}

/** What a change between two answers looks like. */
function mayHaveChanged(code: SignatureProblemCode): boolean {
  return code === "DIGEST_MISMATCH" || code === "THRESHOLD_NOT_MET" || code === "SOURCE_UNAVAILABLE";
}

async function readRepository(
  options: Refresh,
  requirement: NotaryRequirement,
  stored: Uint8Array | undefined,
  now: Date,
): Promise<RepositoryOutcome> {
  const steps = updateRepository({
    gun: options.gun,
    rootKeyIds: requirement.rootKeyIds,
    trustOnFirstUse: requirement.trustOnFirstUse,
    roles: rolesOf(requirement),
    state: stored === undefined ? undefined : parseTrustState(stored, LIMITS),
    now,
    keyRing: options.keyRing,
  });
  let step = steps.next();
  while (step.done !== true) {
    step = steps.next(await fetchMetadata(options, step.value));
  }
  return step.value;
}
