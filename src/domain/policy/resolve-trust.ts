// SPDX-License-Identifier: Apache-2.0
import { createPublicKey } from "node:crypto";
import {
  type AttestationRequirement,
  type AttestationSigner,
  type CertificateIdentity,
  type CosignKeylessRequirement,
  type CosignKeyRequirement,
  type GpgIdentity,
  type GpgRequirement,
  type NotaryRequirement,
  type NotarySigner,
  type NotationRequirement,
  requirementId,
  type SignatureRequirement,
  type TrustRequirement,
  type TrustRoot,
} from "#signatures";
import { createSecretReader, type SecretProblem, type SecretQuestion, type SecretReader } from "./find-secret.ts";
import { foreignVerdictRequirement } from "./foreign-verdict.ts";
import type { ImageChecks, PolicyDocument } from "./policy-document.ts";
import type { SecretScope } from "./policy-secret.ts";
import type {
  AttestationCheck,
  AttestationSignerCheck,
  CosignCheck,
  GpgCheck,
  KeylessCheck,
  NotaryCheck,
  NotationCheck,
  SignatureCheck,
  SignatureMethod,
  SignedIdentity,
  SimpleChecks,
  SimpleRequirement,
  TrustRootName,
} from "./trust-checks.ts";

/** The trusted root that is meant where a policy names none. */
export const DEFAULT_TRUST_ROOT = "sigstore";

/** A requirement with its material, and how it applies to an index. */
export interface ResolvedRequirement {
  readonly id: string;
  readonly requirement: TrustRequirement;
  /** Where the policy asks for it, e.g. `signatures[0]`. */
  readonly field: string;
  /** `required`: of the index and of each child; `covered`: of what was asked for, whose signature covers its children. */
  readonly children: "required" | "covered";
}

/** What the trust checks of one entry come to. */
export interface ResolvedTrust {
  /** All must hold. */
  readonly requirements: readonly ResolvedRequirement[];
  /** Fields whose Secret could not be used; each is a denial. */
  readonly problems: readonly (SecretProblem & { readonly field: string })[];
  /** Fields that accept nothing (`type: reject`). */
  readonly rejections: readonly string[];
  /** A verdict of somebody else that stands in for a scan. */
  readonly verdict?: ResolvedRequirement;
  /** Whether the digest is asked for even without a requirement (`insecureAcceptAnything` resolves and pins). */
  readonly needsDigest: boolean;
}

/** Thrown inside, for one field; becomes a problem of the field. */
class SecretFault extends Error {
  readonly problem: SecretProblem;

  constructor(problem: SecretProblem) {
    super(problem.problem);
    this.problem = problem;
  }
}

interface Slot {
  readonly field: string;
  readonly children: "required" | "covered";
  resolve(): TrustRequirement;
}

const NOTHING: ResolvedTrust = { requirements: [], problems: [], rejections: [], needsDigest: false };

/** Whether the checks ask for a signature or attestation of any kind. */
export function needsTrust(checks: ImageChecks | undefined): boolean {
  return (
    checks?.trust?.enabled === true ||
    checks?.simple !== undefined ||
    checks?.signatures !== undefined ||
    checks?.attestations !== undefined
  );
}

/**
 * The requirements of an entry's checks, with all keys in place. Never throws: a Secret that cannot be used is a problem
 * of its field.
 */
export function resolveTrust(
  checks: ImageChecks | undefined,
  document: Pick<PolicyDocument, "kind" | "namespace">,
  scope: SecretScope & { readonly namespace?: string | undefined },
): ResolvedTrust {
  const signers = checks?.scan?.acceptVerdictsFrom;
  if (checks === undefined || (!needsTrust(checks) && signers === undefined)) {
    return NOTHING;
  }
  const secrets = createSecretReader(document, scope);
  const requirements: ResolvedRequirement[] = [];
  const problems: (SecretProblem & { field: string })[] = [];
  for (const slot of slotsOf(checks, secrets)) {
    const resolved = resolveSlot(slot);
    if ("requirement" in resolved) {
      requirements.push(resolved);
    } else {
      problems.push(resolved);
    }
  }
  const verdict = signers === undefined ? undefined : resolveSlot(verdictSlot(signers, checks, secrets));
  return {
    requirements,
    // Whose verdict counts cannot be told without the key: the entry is as broken as one without the key of a signature.
    problems: verdict === undefined || "requirement" in verdict ? problems : [...problems, verdict],
    rejections: (checks.simple?.requirements ?? []).flatMap((each, at) =>
      each.type === "reject" ? [`simple.requirements[${at}]`] : [],
    ),
    needsDigest: needsTrust(checks),
    ...(verdict !== undefined && "requirement" in verdict ? { verdict } : {}),
  };
}

function resolveSlot(slot: Slot): ResolvedRequirement | (SecretProblem & { readonly field: string }) {
  const { field, children } = slot;
  try {
    const requirement = slot.resolve();
    return { id: requirementId(requirement), requirement, field, children };
  } catch (error) {
    if (error instanceof SecretFault) {
      return { ...error.problem, field };
    }
    throw error;
  }
}

function slotsOf(checks: ImageChecks, secrets: SecretReader): readonly Slot[] {
  const { trust, simple, signatures = [], attestations = [] } = checks;
  return [
    ...(trust?.enabled === true
      ? [{ field: "trust", children: "covered" as const, resolve: () => notaryRequirement(trust, secrets) }]
      : []),
    ...(simple === undefined ? [] : simpleSlots(simple, secrets)),
    ...signatures.map((check, at) => ({
      field: `signatures[${at}]`,
      children: childrenOf(check),
      resolve: () => signatureRequirement(check, secrets),
    })),
    ...attestations.map((check, at) => ({
      field: `attestations[${at}]`,
      children: check.children ?? ("required" as const),
      resolve: () => attestationRequirement(check, secrets),
    })),
  ];
}

/** Notary v1 and simple signing sign what a tag names; neither knows of the children of an index. */
function childrenOf(check: SignatureCheck): "required" | "covered" {
  const methods = check.anyOf ?? [check];
  const signsChildren = methods.some((each) => each.notary === undefined && each.gpg === undefined);
  return signsChildren ? (check.children ?? "required") : "covered";
}

function simpleSlots(simple: SimpleChecks, secrets: SecretReader): readonly Slot[] {
  return simple.requirements.flatMap((requirement, at) =>
    requirement.type === "signedBy"
      ? [
          {
            field: `simple.requirements[${at}]`,
            children: "covered" as const,
            resolve: () => gpgRequirement({ ...withoutType(requirement), ...storeOf(simple) }, secrets),
          },
        ]
      : [],
  );
}

function withoutType({ type: _, ...rest }: SimpleRequirement): Omit<SimpleRequirement, "type"> {
  return rest;
}

function storeOf({ storeURL, storeSecret }: SimpleChecks): Pick<GpgCheck, "storeURL" | "storeSecret"> {
  return { ...(storeURL === undefined ? {} : { storeURL }), ...(storeSecret === undefined ? {} : { storeSecret }) };
}

function verdictSlot(signers: readonly AttestationSignerCheck[], checks: ImageChecks, secrets: SecretReader): Slot {
  return {
    field: "scan.acceptVerdictsFrom",
    children: "required",
    resolve: () =>
      foreignVerdictRequirement(
        signers.map((each) => signerRequirement(each, secrets)),
        checks.scan?.maxAge,
      ),
  };
}

function signatureRequirement(check: SignatureCheck, secrets: SecretReader): SignatureRequirement {
  return check.anyOf === undefined
    ? methodRequirement(check, secrets)
    : {
        kind: "any-of",
        atLeast: check.atLeast ?? 1,
        of: check.anyOf.map((each) => methodRequirement(each, secrets)),
      };
}

function methodRequirement(method: SignatureMethod, secrets: SecretReader): SignatureRequirement {
  const { notation, notary, gpg } = method;
  if (notation !== undefined) {
    return notationRequirement(notation);
  }
  if (notary !== undefined) {
    return notaryRequirement(notary, secrets);
  }
  if (gpg !== undefined) {
    return gpgRequirement(gpg, secrets);
  }
  return signerRequirement(method, secrets);
}

/** Fails closed: the schema lets no element through that names nobody. */
function signerRequirement({ cosign, keyless }: AttestationSignerCheck, secrets: SecretReader): AttestationSigner {
  if (keyless !== undefined) {
    return keylessRequirement(keyless);
  }
  return cosignRequirement(cosign ?? {}, secrets);
}

function cosignRequirement(check: CosignCheck, secrets: SecretReader): CosignKeyRequirement {
  const written = [...(check.key === undefined ? [] : [check.key]), ...(check.keys ?? [])];
  const { keySecret } = check;
  const stored =
    keySecret === undefined
      ? []
      : [
          readSecret(secrets, {
            name: keySecret,
            namespace: check.keySecretNamespace,
            fields: ["cosign.pub", "publicKey"],
            isUsable: isPublicKey,
          }),
        ];
  const trustRoot = check.trustRoot ?? (check.transparencyLog === "required" ? DEFAULT_TRUST_ROOT : undefined);
  return {
    kind: "cosign-key",
    keys: [...written, ...stored].map((key) => key.trim()),
    ...(check.transparencyLog === undefined ? {} : { transparencyLog: check.transparencyLog }),
    ...(trustRoot === undefined ? {} : { trustRoot: toTrustRoot(trustRoot) }),
  };
}

function keylessRequirement(check: KeylessCheck): CosignKeylessRequirement {
  const { issuer, issuerPattern = "", subject, subjectPattern = "" } = check;
  const identity: CertificateIdentity = {
    ...(issuer === undefined ? { issuerPattern } : { issuer }),
    ...(subject === undefined ? { subjectPattern } : { subject }),
  };
  return {
    kind: "cosign-keyless",
    identities: [identity],
    trustRoot: toTrustRoot(check.trustRoot ?? DEFAULT_TRUST_ROOT),
  };
}

function toTrustRoot(root: TrustRootName): TrustRoot {
  return typeof root === "string" ? { name: root } : { json: root.json };
}

function notationRequirement(check: NotationCheck): NotationRequirement {
  if (check.trustPolicy !== undefined) {
    return { kind: "notation", trustPolicy: check.trustPolicy, trustStores: check.trustStores ?? {} };
  }
  const hasTimestamps = check.timestampCertificates !== undefined;
  const statement = {
    name: "policy",
    registryScopes: ["*"],
    signatureVerification: { level: check.level ?? "strict" },
    trustStores: ["ca:policy", ...(hasTimestamps ? ["tsa:policy"] : [])],
    trustedIdentities: check.identities ?? ["*"],
  };
  return {
    kind: "notation",
    trustPolicy: JSON.stringify({ version: "1.0", trustPolicies: [statement] }),
    trustStores: {
      "ca:policy": check.certificates ?? [],
      ...(hasTimestamps ? { "tsa:policy": check.timestampCertificates ?? [] } : {}),
    },
  };
}

function notaryRequirement(check: NotaryCheck, secrets: SecretReader): NotaryRequirement {
  const stored = (check.signerSecrets ?? []).map(
    ({ name }): NotarySigner => ({
      name: readSecret(secrets, { name, fields: ["name"], isUsable: isSignerName }).trim(),
      publicKey: readSecret(secrets, { name, fields: ["publicKey"], isUsable: isPublicKey }).trim(),
    }),
  );
  return {
    kind: "notary",
    ...(check.trustServer === undefined ? {} : { server: check.trustServer }),
    rootKeyIds: check.rootKeyIds ?? [],
    trustOnFirstUse: check.trustOnFirstUse ?? false,
    signers: [...(check.signers ?? []), ...stored],
  };
}

function gpgRequirement(check: GpgCheck, secrets: SecretReader): GpgRequirement {
  const { keySecret, storeURL, storeSecret: name } = check;
  const stored =
    keySecret === undefined
      ? []
      : [
          readSecret(secrets, {
            name: keySecret,
            namespace: check.keySecretNamespace,
            fields: ["key"],
            isUsable: isKeyRing,
          }),
        ];
  return {
    kind: "gpg",
    keys: [...(check.keys ?? []), ...stored],
    identity: toGpgIdentity(check.signedIdentity),
    ...(storeURL === undefined ? {} : { store: storeURL }),
    ...(name === undefined
      ? {}
      : {
          storeCredentials: {
            username: readSecret(secrets, { name, fields: ["username"] }),
            password: readSecret(secrets, { name, fields: ["password"] }),
          },
        }),
  };
}

/** portieris-behaviour.md 5: `""` is matchRepoDigestOrExact, the others one to one. */
function toGpgIdentity(identity: SignedIdentity | undefined): GpgIdentity {
  switch (identity?.type) {
    case "matchExact":
    case "matchRepository":
      return { type: identity.type };
    case "matchExactReference":
      return { type: "exactReference", reference: identity.dockerReference ?? "" };
    case "matchExactRepository":
      return { type: "exactRepository", repository: identity.dockerRepository ?? "" };
    case "remapIdentity":
      return { type: "remapIdentity", prefix: identity.prefix ?? "", signedPrefix: identity.signedPrefix ?? "" };
    default:
      return { type: "matchRepoDigestOrExact" };
  }
}

function attestationRequirement(check: AttestationCheck, secrets: SecretReader): AttestationRequirement {
  return {
    kind: "attestation",
    predicateType: check.predicateType,
    by: check.by.map((each) => signerRequirement(each, secrets)),
    conditions: check.conditions ?? [],
    ...(check.maxAge === undefined ? {} : { maxAge: check.maxAge }),
  };
}

function readSecret(secrets: SecretReader, question: SecretQuestion): string {
  const found = secrets.read(question);
  if ("problem" in found) {
    throw new SecretFault(found.problem);
  }
  return found.value;
}

/** A delegation role is `targets/<name>`: a name with a slash would be another role. */
function isSignerName(name: string): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(name.trim()) && !name.includes("/");
}

/** Armoured, or base64 of a binary key ring. */
function isKeyRing(text: string): boolean {
  return text.includes("-----BEGIN PGP PUBLIC KEY BLOCK-----") || /^[A-Za-z0-9+/]{40,}={0,2}$/.test(text);
}

/** PEM `PUBLIC KEY`, or a certificate, whose key counts. */
export function isPublicKey(pem: string): boolean {
  if (pem.length > 65_536 || pem.includes("PRIVATE KEY")) {
    return false;
  }
  try {
    createPublicKey(pem);
    return true;
  } catch {
    return false;
  }
}
