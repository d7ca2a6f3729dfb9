// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { LIMITS, parseDurationMs } from "#base";
import { isPublicKey } from "./key-material.ts";
import type {
  AttestationCheck,
  AttestationSignerCheck,
  SignatureCheck,
  SignatureMethod,
  SignedIdentity,
  SimpleChecks,
  SimpleRequirement,
  TrustChecks,
  TrustRootName,
} from "./trust-checks.ts";

/** Requirements of one entry, alternatives of one requirement, keys of one of them. */
const MAX_REQUIREMENTS = 32;
const MAX_KEYS = 64;
const MAX_TEXT = 2_048;
const MAX_CONDITION = 4_096;

/** What is wrong with a CEL expression, or nothing. */
export type ConditionCheck = (condition: string) => string | undefined;

export const duration: z.ZodType<string> = z.string().refine((text) => parseDurationMs(text) !== undefined, {
  message: "expected a positive duration such as 30d, 12h or 90m",
});

const text = z
  .string()
  .min(1)
  .max(MAX_TEXT)
  .regex(/^[^\p{Cc}]+$/u, "expected text without control characters");
const secretName = z.string().min(1).max(253);

const publicKey = z.string().refine(isPublicKey, {
  message: "expected a PEM public key (BEGIN PUBLIC KEY) or certificate",
});
const certificate = z.string().refine(isCertificate, { message: "expected a PEM certificate (BEGIN CERTIFICATE)" });
const armouredKey = z
  .string()
  .max(LIMITS.maxTrustMaterialBytes)
  .refine((key) => key.includes("-----BEGIN PGP PUBLIC KEY BLOCK-----"), {
    message: "expected an armoured key (BEGIN PGP PUBLIC KEY BLOCK)",
  });
const signerName = z.string().regex(/^[\x21-\x2e\x30-\x7e]{1,255}$/, "expected a name without spaces and slashes");
const rootKeyId = z.string().regex(/^[0-9a-f]{64}$/, "expected a key id: 64 lower-case hexadecimal characters");

/** portieris-behaviour.md 5: `expecting https:// or http:// URL, got: %s`; credentials belong into `storeSecret`. */
const httpUrl = z
  .string()
  .max(MAX_TEXT)
  .superRefine((url, context) => {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
      context.addIssue({ code: "custom", message: `expecting https:// or http:// URL, got: ${url.slice(0, 100)}` });
    } else if (new URL(url).username !== "" || new URL(url).password !== "") {
      context.addIssue({ code: "custom", message: "expected a URL without credentials; put them into a Secret" });
    }
  });

const notaryFields = {
  trustServer: httpUrl.exactOptional(),
  signerSecrets: z
    .array(z.strictObject({ name: secretName }))
    .max(MAX_KEYS)
    .exactOptional(),
  signers: z
    .array(z.strictObject({ name: signerName, publicKey }))
    .max(MAX_KEYS)
    .exactOptional(),
  rootKeyIds: z.array(rootKeyId).max(MAX_KEYS).exactOptional(),
  trustOnFirstUse: z.boolean().exactOptional(),
};

export const trustSchema: z.ZodType<TrustChecks> = z.strictObject({ enabled: z.boolean(), ...notaryFields });

const IDENTITY_FIELDS = {
  matchExactReference: ["dockerReference"],
  matchExactRepository: ["dockerRepository"],
  remapIdentity: ["prefix", "signedPrefix"],
} as const satisfies Partial<Record<SignedIdentity["type"], readonly (keyof SignedIdentity)[]>>;

const signedIdentity: z.ZodType<SignedIdentity> = z
  .strictObject({
    type: z.enum([
      "",
      "matchExact",
      "matchRepoDigestOrExact",
      "matchRepository",
      "matchExactRepository",
      "matchExactReference",
      "remapIdentity",
    ]),
    dockerRepository: text.exactOptional(),
    dockerReference: text.exactOptional(),
    prefix: text.exactOptional(),
    signedPrefix: text.exactOptional(),
  })
  .superRefine((identity, context) => {
    const needed: readonly string[] = Object.hasOwn(IDENTITY_FIELDS, identity.type)
      ? IDENTITY_FIELDS[identity.type as keyof typeof IDENTITY_FIELDS]
      : [];
    for (const field of needed.filter((each) => !Object.hasOwn(identity, each))) {
      context.addIssue({ code: "custom", path: [field], message: `type ${identity.type} needs ${field}` });
    }
  });

const simpleRequirement: z.ZodType<SimpleRequirement> = z
  .strictObject({
    type: z.enum(["insecureAcceptAnything", "reject", "signedBy"]),
    keySecret: secretName.exactOptional(),
    keySecretNamespace: secretName.exactOptional(),
    keys: z.array(armouredKey).min(1).max(MAX_KEYS).exactOptional(),
    signedIdentity: signedIdentity.exactOptional(),
  })
  .superRefine((requirement, context) => {
    if (requirement.type === "signedBy" && requirement.keySecret === undefined && requirement.keys === undefined) {
      context.addIssue({ code: "custom", message: "KeySecret missing in signedBy requirement" });
    }
  });

/** An empty list would accept everything without saying so. */
export const simpleSchema: z.ZodType<SimpleChecks> = z.strictObject({
  storeURL: httpUrl.exactOptional(),
  storeSecret: secretName.exactOptional(),
  requirements: z.array(simpleRequirement).min(1).max(MAX_REQUIREMENTS),
});

const TRUST_ROOT = "expected the name of a trusted root, or json: with the text of a trusted_root.json";

const trustRoot: z.ZodType<TrustRootName> = z.union(
  [
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, TRUST_ROOT),
    z.strictObject({ json: z.string().max(LIMITS.maxTrustMaterialBytes).refine(isJsonObject) }),
  ],
  { error: TRUST_ROOT },
);

const cosign = z
  .strictObject({
    key: publicKey.exactOptional(),
    keys: z.array(publicKey).min(1).max(MAX_KEYS).exactOptional(),
    keySecret: secretName.exactOptional(),
    keySecretNamespace: secretName.exactOptional(),
    transparencyLog: z.enum(["required", "optional"]).exactOptional(),
    trustRoot: trustRoot.exactOptional(),
  })
  .superRefine((check, context) => oneOf(check, ["key", "keys", "keySecret"], context));

/** An identity that anybody can have is none: a pattern needs something that it asks for. */
const pattern = text.refine((each) => /[^*]/.test(each), { message: "expected more than *" });

const keyless = z
  .strictObject({
    issuer: text.exactOptional(),
    issuerPattern: pattern.exactOptional(),
    subject: text.exactOptional(),
    subjectPattern: pattern.exactOptional(),
    trustRoot: trustRoot.exactOptional(),
  })
  .superRefine((check, context) => {
    oneOf(check, ["issuer", "issuerPattern"], context);
    oneOf(check, ["subject", "subjectPattern"], context);
  });

const STORE_NAME = /^(?:ca|signingAuthority|tsa):[A-Za-z0-9_.-]{1,100}$/;

const notation = z
  .strictObject({
    trustPolicy: z
      .union([
        z.string().max(LIMITS.maxTrustMaterialBytes).refine(isJsonObject, "expected the text of a trustpolicy.json"),
        z.record(z.string(), z.json()).transform((policy) => JSON.stringify(policy)),
      ])
      .exactOptional(),
    trustStores: z
      .record(
        z.string().regex(STORE_NAME, "expected ca:NAME, signingAuthority:NAME or tsa:NAME"),
        z.array(certificate).min(1).max(MAX_KEYS),
      )
      .exactOptional(),
    level: z.enum(["strict", "permissive", "audit"]).exactOptional(),
    certificates: z.array(certificate).min(1).max(MAX_KEYS).exactOptional(),
    identities: z.array(text).min(1).max(MAX_KEYS).exactOptional(),
    timestampCertificates: z.array(certificate).min(1).max(MAX_KEYS).exactOptional(),
  })
  .superRefine((check, context) => {
    oneOf(check, ["trustPolicy", "certificates"], context);
    const [beside, instead] =
      check.trustPolicy === undefined
        ? (["certificates", ["trustStores"]] as const)
        : (["trustPolicy", ["level", "identities", "timestampCertificates"]] as const);
    for (const field of instead.filter((each) => Object.hasOwn(check, each))) {
      context.addIssue({ code: "custom", path: [field], message: `${field} cannot stand beside ${beside}` });
    }
  });

const notary = z.strictObject(notaryFields);

const gpg = z
  .strictObject({
    keys: z.array(armouredKey).min(1).max(MAX_KEYS).exactOptional(),
    keySecret: secretName.exactOptional(),
    keySecretNamespace: secretName.exactOptional(),
    signedIdentity: signedIdentity.exactOptional(),
    storeURL: httpUrl.exactOptional(),
    storeSecret: secretName.exactOptional(),
  })
  .superRefine((check, context) => oneOf(check, ["keys", "keySecret"], context));

const methods = {
  cosign: cosign.exactOptional(),
  keyless: keyless.exactOptional(),
  notation: notation.exactOptional(),
  notary: notary.exactOptional(),
  gpg: gpg.exactOptional(),
};
const METHODS = ["cosign", "keyless", "notation", "notary", "gpg"] as const;

const signatureMethod: z.ZodType<SignatureMethod> = z
  .strictObject(methods)
  .superRefine((check, context) => oneOf(check, METHODS, context));

const children = z.enum(["required", "covered"]);

const signature: z.ZodType<SignatureCheck> = z
  .strictObject({
    ...methods,
    children: children.exactOptional(),
    // Alternatives of alternatives are nobody's wish, and would have no bound.
    anyOf: z.array(signatureMethod).min(1).max(MAX_REQUIREMENTS).exactOptional(),
    atLeast: z.int().min(1).exactOptional(),
  })
  .superRefine((check, context) => {
    oneOf(check, [...METHODS, "anyOf"], context);
    if (check.atLeast !== undefined && check.atLeast > (check.anyOf?.length ?? 0)) {
      const message = `atLeast asks for ${check.atLeast} of ${check.anyOf?.length ?? 0} in anyOf`;
      context.addIssue({ code: "custom", path: ["atLeast"], message });
    }
  });

/** An empty list would ask for nothing while looking like a check. */
export const signaturesSchema: z.ZodType<readonly SignatureCheck[]> = z.array(signature).min(1).max(MAX_REQUIREMENTS);

const signer: z.ZodType<AttestationSignerCheck> = z
  .strictObject({ cosign: methods.cosign, keyless: methods.keyless })
  .superRefine((check, context) => oneOf(check, ["cosign", "keyless"], context));

export const signersSchema: z.ZodType<readonly AttestationSignerCheck[]> = z.array(signer).min(1).max(MAX_REQUIREMENTS);

/** `attestations`; conditions are compiled by `check` if there is one. */
export function attestationsSchema(check: ConditionCheck | undefined): z.ZodType<readonly AttestationCheck[]> {
  const condition = z
    .string()
    .min(1)
    .max(MAX_CONDITION)
    .superRefine((each, context) => {
      const fault = check?.(each);
      if (fault !== undefined) {
        context.addIssue({ code: "custom", message: `not a condition: ${fault}` });
      }
    });
  const attestation: z.ZodType<AttestationCheck> = z.strictObject({
    predicateType: z
      .string()
      .max(MAX_TEXT)
      .regex(
        /^[a-z][a-z0-9+.-]*:[^\s\p{Cc}]+$/iu,
        "expected the URI of a predicate type, e.g. https://slsa.dev/provenance/v1",
      ),
    by: signersSchema,
    conditions: z.array(condition).max(MAX_REQUIREMENTS).exactOptional(),
    maxAge: duration.exactOptional(),
    children: children.exactOptional(),
  });
  return z.array(attestation).min(1).max(MAX_REQUIREMENTS);
}

/** Exactly one of the fields: none would ask for nothing, two leave open which one is meant. */
function oneOf(check: object, fields: readonly string[], context: z.core.$RefinementCtx): void {
  const found = fields.filter((field) => Object.hasOwn(check, field));
  if (found.length !== 1) {
    const message = `expected exactly one of ${fields.join(", ")}; found ${found.length === 0 ? "none" : found.join(", ")}`;
    context.addIssue({ code: "custom", message });
  }
}

function isCertificate(pem: string): boolean {
  if (pem.length > 65_536) {
    return false;
  }
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function isJsonObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
