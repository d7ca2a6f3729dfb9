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
  trustServer: httpUrl
    .exactOptional()
    .describe("The Notary v1 server; without it the one that is known for the registry.")
    .meta({ examples: ["https://notary.example.com"] }),
  signerSecrets: z
    .array(z.strictObject({ name: secretName.describe("The name of the Secret.") }))
    .max(MAX_KEYS)
    .exactOptional()
    .describe("Secrets with the fields name and publicKey; all of these signers must have signed the newest version.")
    .meta({ examples: [[{ name: "alice" }]] }),
  signers: z
    .array(
      z.strictObject({
        name: signerName.describe("The name of the signer."),
        publicKey: publicKey.describe("Its public key or certificate (PEM)."),
      }),
    )
    .max(MAX_KEYS)
    .exactOptional()
    .describe("The same as signerSecrets, written here."),
  rootKeyIds: z
    .array(rootKeyId)
    .max(MAX_KEYS)
    .exactOptional()
    .describe("Ids of root keys of which one must have signed the first root that is accepted."),
  trustOnFirstUse: z
    .boolean()
    .exactOptional()
    .describe("Accept the first root that is seen, and keep it. Default false; true in the older spellings."),
};

export const trustSchema: z.ZodType<TrustChecks> = z.strictObject({
  enabled: z.boolean().describe("Whether the tag must be signed; false is off, whatever else is written."),
  ...notaryFields,
});

const IDENTITY_FIELDS = {
  matchExactReference: ["dockerReference"],
  matchExactRepository: ["dockerRepository"],
  remapIdentity: ["prefix", "signedPrefix"],
} as const satisfies Partial<Record<SignedIdentity["type"], readonly (keyof SignedIdentity)[]>>;

const signedIdentity: z.ZodType<SignedIdentity> = z
  .strictObject({
    type: z
      .enum([
        "",
        "matchExact",
        "matchRepoDigestOrExact",
        "matchRepository",
        "matchExactRepository",
        "matchExactReference",
        "remapIdentity",
      ])
      .describe(
        "How the name in the signature must fit the image; without it the digest or the exact tag (containers-policy.json).",
      ),
    dockerRepository: text.exactOptional().describe("For matchExactRepository: the repository."),
    dockerReference: text.exactOptional().describe("For matchExactReference: the reference."),
    prefix: text.exactOptional().describe("For remapIdentity: the beginning of the image's name, …"),
    signedPrefix: text.exactOptional().describe("… and what stands for it in the signature."),
  })
  .superRefine((identity, context) => {
    const needed: readonly string[] = Object.hasOwn(IDENTITY_FIELDS, identity.type)
      ? IDENTITY_FIELDS[identity.type as keyof typeof IDENTITY_FIELDS]
      : [];
    for (const field of needed.filter((each) => !Object.hasOwn(identity, each))) {
      context.addIssue({ code: "custom", path: [field], message: `type ${identity.type} needs ${field}` });
    }
  });

const KEY_SECRET = "The Secret whose field key holds armoured public keys.";
const KEY_SECRET_NAMESPACE =
  "Only the namespace that the Secret comes from anyway: that of the policy, for a ClusterImagePolicy that of Haechi.";
const STORE_URL = "Where signatures lie (http or https); without it the registry itself is asked.";
const STORE_SECRET = "The Secret with username and password of the store.";

const simpleRequirement: z.ZodType<SimpleRequirement> = z
  .strictObject({
    type: z
      .enum(["insecureAcceptAnything", "reject", "signedBy"])
      .describe("Signed by one of the keys, or: accept everything, accept nothing."),
    keySecret: secretName.exactOptional().describe(KEY_SECRET),
    keySecretNamespace: secretName.exactOptional().describe(KEY_SECRET_NAMESPACE),
    keys: z.array(armouredKey).min(1).max(MAX_KEYS).exactOptional().describe("Armoured public keys, written here."),
    signedIdentity: signedIdentity.exactOptional().describe("Which name must stand in the signature."),
  })
  .superRefine((requirement, context) => {
    if (requirement.type === "signedBy" && requirement.keySecret === undefined && requirement.keys === undefined) {
      context.addIssue({ code: "custom", message: "KeySecret missing in signedBy requirement" });
    }
  });

/** An empty list would accept everything without saying so. */
export const simpleSchema: z.ZodType<SimpleChecks> = z.strictObject({
  storeURL: httpUrl
    .exactOptional()
    .describe(STORE_URL)
    .meta({ examples: ["https://signatures.example.com"] }),
  storeSecret: secretName.exactOptional().describe(STORE_SECRET),
  requirements: z.array(simpleRequirement).min(1).max(MAX_REQUIREMENTS).describe("All must hold."),
});

const TRUST_ROOT = "expected the name of a trusted root, or json: with the text of a trusted_root.json";

const TRUST_ROOT_MEANING =
  "The name of a trusted root of the configuration (default sigstore), or json: with its text.";

const trustRoot: z.ZodType<TrustRootName> = z.union(
  [
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, TRUST_ROOT),
    z.strictObject({ json: z.string().max(LIMITS.maxTrustMaterialBytes).refine(isJsonObject) }),
  ],
  { error: TRUST_ROOT },
);

const cosign = z
  .strictObject({
    key: publicKey.exactOptional().describe("A public key (PEM)."),
    keys: z
      .array(publicKey)
      .min(1)
      .max(MAX_KEYS)
      .exactOptional()
      .describe("Public keys of which one must have signed."),
    keySecret: secretName
      .exactOptional()
      .describe("The Secret whose field cosign.pub (or publicKey) holds the key.")
      .meta({ examples: ["release-key"] }),
    keySecretNamespace: secretName.exactOptional().describe(KEY_SECRET_NAMESPACE),
    transparencyLog: z
      .enum(["required", "optional"])
      .exactOptional()
      .describe("Whether the log of the trusted root must prove the signature. Default optional."),
    trustRoot: trustRoot.exactOptional().describe(TRUST_ROOT_MEANING),
  })
  .superRefine((check, context) => oneOf(check, ["key", "keys", "keySecret"], context));

/** An identity that anybody can have is none: a pattern needs something that it asks for. */
const pattern = text.refine((each) => /[^*]/.test(each), { message: "expected more than *" });

const keyless = z
  .strictObject({
    issuer: text
      .exactOptional()
      .describe("Who vouched for the identity, exactly.")
      .meta({ examples: ["https://accounts.example.com"] }),
    issuerPattern: pattern.exactOptional().describe("The same, `*` stands for any text."),
    subject: text
      .exactOptional()
      .describe("The identity in the certificate, exactly.")
      .meta({ examples: ["release@example.com"] }),
    subjectPattern: pattern
      .exactOptional()
      .describe("The same, `*` stands for any text.")
      .meta({ examples: ["https://git.example.com/team/*"] }),
    trustRoot: trustRoot.exactOptional().describe(TRUST_ROOT_MEANING),
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
      .exactOptional()
      .describe("A trustpolicy.json of the Notary Project, as text or written here; instead of the fields below."),
    trustStores: z
      .record(
        z.string().regex(STORE_NAME, "expected ca:NAME, signingAuthority:NAME or tsa:NAME"),
        z.array(certificate).min(1).max(MAX_KEYS),
      )
      .exactOptional()
      .describe(
        "Beside trustPolicy: its trust stores, ca:NAME, signingAuthority:NAME or tsa:NAME with their certificates (PEM).",
      ),
    level: z.enum(["strict", "permissive", "audit"]).exactOptional().describe("How strictly. Default strict."),
    certificates: z
      .array(certificate)
      .min(1)
      .max(MAX_KEYS)
      .exactOptional()
      .describe("Certificates of authorities (PEM) that the signer's must come from."),
    identities: z
      .array(text)
      .min(1)
      .max(MAX_KEYS)
      .exactOptional()
      .describe("Identities that may sign; default all that the authorities vouch for.")
      .meta({ examples: [["x509.subject: C=KR, O=Example"]] }),
    timestampCertificates: z
      .array(certificate)
      .min(1)
      .max(MAX_KEYS)
      .exactOptional()
      .describe("Certificates of timestamp authorities (PEM)."),
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
    keys: z
      .array(armouredKey)
      .min(1)
      .max(MAX_KEYS)
      .exactOptional()
      .describe("Armoured public keys of which one must have signed."),
    keySecret: secretName.exactOptional().describe(KEY_SECRET),
    keySecretNamespace: secretName.exactOptional().describe(KEY_SECRET_NAMESPACE),
    signedIdentity: signedIdentity.exactOptional().describe("Which name must stand in the signature."),
    storeURL: httpUrl.exactOptional().describe(STORE_URL),
    storeSecret: secretName.exactOptional().describe(STORE_SECRET),
  })
  .superRefine((check, context) => oneOf(check, ["keys", "keySecret"], context));

const methods = {
  cosign: cosign.exactOptional().describe("Signed with cosign by one of these keys."),
  keyless: keyless
    .exactOptional()
    .describe("Signed with cosign by a certificate with that identity, proven by the log."),
  notation: notation.exactOptional().describe("Signed as the Notary Project does."),
  notary: notary.exactOptional().describe("Signed with Docker Content Trust, as trust."),
  gpg: gpg.exactOptional().describe("Signed with one of these GPG keys, as signedBy of simple."),
};
const METHODS = ["cosign", "keyless", "notation", "notary", "gpg"] as const;

const signatureMethod: z.ZodType<SignatureMethod> = z
  .strictObject(methods)
  .superRefine((check, context) => oneOf(check, METHODS, context));

const children = z.enum(["required", "covered"]);
const CHILDREN =
  "For an index: whether each of its images must be signed as well (default required), or that of the index is enough.";

const signature: z.ZodType<SignatureCheck> = z
  .strictObject({
    ...methods,
    children: children.exactOptional().describe(CHILDREN),
    // Alternatives of alternatives are nobody's wish, and would have no bound.
    anyOf: z.array(signatureMethod).min(1).max(MAX_REQUIREMENTS).exactOptional().describe("Alternatives."),
    atLeast: z.int().min(1).exactOptional().describe("How many of anyOf must hold, by different signers. Default 1."),
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
      )
      .describe("The type of the statement, exactly.")
      .meta({ examples: ["https://slsa.dev/provenance/v1"] }),
    by: signersSchema.describe("Signers of which one is enough."),
    conditions: z
      .array(condition)
      .max(MAX_REQUIREMENTS)
      .exactOptional()
      .describe("Conditions (CEL) over predicate and statement; all must be true of one statement.")
      .meta({ examples: [['predicate.builder.id == "https://build.example.com"']] }),
    maxAge: duration
      .exactOptional()
      .describe("Older statements do not count, by a trusted time.")
      .meta({ examples: ["90d"] }),
    children: children.exactOptional().describe(CHILDREN),
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
