// SPDX-License-Identifier: Apache-2.0
import type {
  AttestationRequirement,
  AttestationSigner,
  CertificateIdentity,
  CosignKeylessRequirement,
  CosignKeyRequirement,
  GpgIdentity,
  GpgRequirement,
  NotaryRequirement,
  NotarySigner,
  NotationRequirement,
  SignatureRequirement,
  TrustRoot,
} from "#signatures";
import type { SecretProblem, SecretQuestion, SecretReader } from "./find-secret.ts";
import { isKeyRing, isPublicKey, isSignerName } from "./key-material.ts";
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
  TrustRootName,
} from "./trust-checks.ts";

/** The trusted root that is meant where a policy names none. */
const DEFAULT_TRUST_ROOT = "sigstore";

/** Thrown when a Secret cannot be used; becomes a problem of the field that names it. */
export class SecretFault extends Error {
  readonly problem: SecretProblem;

  constructor(problem: SecretProblem) {
    super(problem.problem);
    this.problem = problem;
  }
}

/** The requirement of one element of `signatures`. This and the others throw {@link SecretFault}. */
export function signatureRequirement(check: SignatureCheck, secrets: SecretReader): SignatureRequirement {
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
export function signerRequirement(
  { cosign, keyless }: AttestationSignerCheck,
  secrets: SecretReader,
): AttestationSigner {
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

export function notaryRequirement(check: NotaryCheck, secrets: SecretReader): NotaryRequirement {
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

export function gpgRequirement(check: GpgCheck, secrets: SecretReader): GpgRequirement {
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

export function attestationRequirement(check: AttestationCheck, secrets: SecretReader): AttestationRequirement {
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
