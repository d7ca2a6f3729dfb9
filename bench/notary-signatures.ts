// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject, randomBytes, sign, verify } from "node:crypto";
import { digestOf } from "#base";
import { judgeTarget, type RepositoryUpdate, rolesOf, type TrustState } from "#notary";
import { parseImageReference } from "#oci";
import type { NotaryRequirement } from "#signatures";
import {
  buildRepository,
  createRepositoryKeys,
  type MetadataFiles,
  NOW,
  runUpdate,
} from "../test/support/notary/tuf-repository.ts";
import { createTufSigner } from "../test/support/notary/tuf-signer.ts";
import type { MadeSignatures } from "./made-signatures.ts";

const TAG = "1.0";

/**
 * Repositories whose root is known: root, timestamp, snapshot, targets and two delegations (`targets/releases` and a
 * signer) are verified for each result. Signed by ECDSA P-256, the timestamp by Ed25519, as Notary does it.
 */
export async function makeNotarySignatures(count: number): Promise<MadeSignatures> {
  const made = await Promise.all(Array.from({ length: count }, (_, index) => makeRepository(index)));
  const bare = makeBare();
  return {
    count,
    verifyAll() {
      for (const each of made) {
        const outcome = runUpdate(each.files, { ...each.update, state: each.state });
        const findings =
          outcome.kind === "verified"
            ? judgeTarget(outcome.repository, each.requirement, each.subject, "bench")
            : undefined;
        if (findings === undefined || findings.signatures.length === 0) {
          throw new Error("a repository does not verify");
        }
      }
    },
    verifyBare() {
      for (let index = 0; index < count; index += 1) {
        for (const { hash, key, data, signature } of bare) {
          if (!verify(hash, data, { key, dsaEncoding: "ieee-p1363" }, signature)) {
            throw new Error("a signature does not verify");
          }
        }
      }
    },
  };
}

interface KnownRepository {
  readonly files: MetadataFiles;
  readonly update: Omit<RepositoryUpdate, "state">;
  readonly state: TrustState;
  readonly requirement: NotaryRequirement;
  readonly subject: Parameters<typeof judgeTarget>[2];
}

async function makeRepository(index: number): Promise<KnownRepository> {
  const gun = `registry.example/team/app-${index}`;
  const [keys, releases, alice] = await Promise.all([
    createRepositoryKeys(gun),
    createTufSigner("ecdsa"),
    createTufSigner("ecdsa"),
  ]);
  const digest = digestOf(randomBytes(32));
  const files = buildRepository({
    gun,
    keys,
    delegations: [
      { name: "targets/releases", keys: [releases, alice], targets: { [TAG]: digest } },
      { name: "targets/alice", keys: [alice], targets: { [TAG]: digest } },
    ],
  });
  const requirement: NotaryRequirement = {
    kind: "notary",
    rootKeyIds: [],
    trustOnFirstUse: true,
    signers: [{ name: "alice", publicKey: alice.publicKeyPem }],
  };
  const update = { gun, rootKeyIds: [], trustOnFirstUse: true, roles: rolesOf(requirement), now: NOW };
  const first = runUpdate(files, { ...update, state: undefined });
  if (first.kind !== "verified") {
    throw new Error("a repository does not verify");
  }
  const subject = { digest, reference: parseImageReference(`${gun}:${TAG}`) };
  return { files, update, state: first.state, requirement, subject };
}

interface BareSignature {
  readonly hash: "sha256" | null;
  readonly key: KeyObject;
  readonly data: Buffer;
  readonly signature: Buffer;
}

/** As many signatures as one repository has, over about as many bytes: root, snapshot, targets, two delegations, timestamp. */
function makeBare(): readonly BareSignature[] {
  const ecdsa = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ed25519 = generateKeyPairSync("ed25519");
  return [
    ...[2_500, 1_200, 900, 700, 400].map((size) => signBare(ecdsa, size, "sha256")),
    signBare(ed25519, 500, null),
  ];
}

function signBare(
  keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  size: number,
  hash: "sha256" | null,
): BareSignature {
  const data = randomBytes(size);
  const signature = sign(hash, data, { key: keys.privateKey, dsaEncoding: "ieee-p1363" });
  return { hash, key: keys.publicKey, data, signature };
}
