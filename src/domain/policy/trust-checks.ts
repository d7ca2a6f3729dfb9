// SPDX-License-Identifier: Apache-2.0

/** `trust`: the tag must be a signed target of Docker Content Trust (Notary v1). */
export interface TrustChecks extends NotaryCheck {
  /** False: off, whatever else is written. */
  readonly enabled: boolean;
}

/** What is asked of a Notary v1 server; without signers, any valid target counts. */
export interface NotaryCheck {
  /** URL of the server; absent: the one known for the registry. */
  readonly trustServer?: string;
  /** Secrets with `name` and `publicKey`; all of these signers must have signed. */
  readonly signerSecrets?: readonly { readonly name: string }[];
  /** The same, written here. */
  readonly signers?: readonly { readonly name: string; readonly publicKey: string }[];
  /** Key ids of root keys of which one must have signed the first root that is accepted. */
  readonly rootKeyIds?: readonly string[];
  /** Accept the first root that is seen and keep it; default false, in the older spellings true. */
  readonly trustOnFirstUse?: boolean;
}

/** `simple`: GPG "simple signing"; all requirements must hold. */
export interface SimpleChecks {
  /** Lookaside store, http or https; absent: the registry's own extension. */
  readonly storeURL?: string;
  /** Secret with `username` and `password` of the store. */
  readonly storeSecret?: string;
  readonly requirements: readonly SimpleRequirement[];
}

export interface SimpleRequirement {
  readonly type: "insecureAcceptAnything" | "reject" | "signedBy";
  /** Secret whose field `key` holds armoured public keys. */
  readonly keySecret?: string;
  /** Only the namespace that the Secrets of the policy come from anyway, unless the compatible look-up is on. */
  readonly keySecretNamespace?: string;
  /** Armoured public keys, written here. */
  readonly keys?: readonly string[];
  readonly signedIdentity?: SignedIdentity;
}

/** As in containers-policy.json(5) with the names of Portieris; `""` is `matchRepoDigestOrExact`. */
export interface SignedIdentity {
  readonly type:
    | ""
    | "matchExact"
    | "matchRepoDigestOrExact"
    | "matchRepository"
    | "matchExactRepository"
    | "matchExactReference"
    | "remapIdentity";
  readonly dockerRepository?: string;
  readonly dockerReference?: string;
  readonly prefix?: string;
  readonly signedPrefix?: string;
}

/** One element of `signatures`: exactly one method. All elements must hold. */
export interface SignatureCheck extends SignatureMethod {
  /** For an index: whether each child must be signed as well (default), or the signature of the index covers it. */
  readonly children?: "required" | "covered";
  /** Alternatives, of which `atLeast` (default 1) different signers are needed. */
  readonly anyOf?: readonly SignatureMethod[];
  readonly atLeast?: number;
}

/** Exactly one field is set. */
export interface SignatureMethod {
  readonly cosign?: CosignCheck;
  readonly keyless?: KeylessCheck;
  readonly notation?: NotationCheck;
  readonly notary?: NotaryCheck;
  readonly gpg?: GpgCheck;
}

/** By one of the public keys; one of `key`, `keys`, `keySecret` is there. */
export interface CosignCheck {
  /** PEM. */
  readonly key?: string;
  readonly keys?: readonly string[];
  /** Secret whose field `cosign.pub` (or `publicKey`) holds the PEM; `cosign generate-key-pair k8s://…` makes one. */
  readonly keySecret?: string;
  readonly keySecretNamespace?: string;
  readonly transparencyLog?: "required" | "optional";
  readonly trustRoot?: TrustRootName;
}

/** By a certificate with that identity. */
export interface KeylessCheck {
  readonly issuer?: string;
  readonly issuerPattern?: string;
  readonly subject?: string;
  readonly subjectPattern?: string;
  readonly trustRoot?: TrustRootName;
}

/** The name of a trusted root of the configuration, or its JSON. */
export type TrustRootName = string | { readonly json: string };

/** A trust policy of the Notary Project: in full, or in short (one statement that covers every repository). */
export interface NotationCheck {
  /** The text of a `trustpolicy.json`; with it, `trustStores` is all that may stand beside. */
  readonly trustPolicy?: string;
  /** `ca:name`, `signingAuthority:name` or `tsa:name` → PEM certificates. */
  readonly trustStores?: Readonly<Record<string, readonly string[]>>;
  readonly level?: "strict" | "permissive" | "audit";
  /** PEM certificates of CAs. */
  readonly certificates?: readonly string[];
  /** e.g. `x509.subject: C=KR, O=Example`; default `*`. */
  readonly identities?: readonly string[];
  /** PEM certificates of timestamp authorities. */
  readonly timestampCertificates?: readonly string[];
}

/** By one of the GPG keys. */
export interface GpgCheck {
  readonly keys?: readonly string[];
  readonly keySecret?: string;
  readonly keySecretNamespace?: string;
  readonly signedIdentity?: SignedIdentity;
  readonly storeURL?: string;
  readonly storeSecret?: string;
}

/** Whose attestation counts; exactly one field is set. */
export type AttestationSignerCheck = Pick<SignatureMethod, "cosign" | "keyless">;

/** One element of `attestations`: a signed statement about the image. All elements must hold. */
export interface AttestationCheck {
  readonly predicateType: string;
  readonly by: readonly AttestationSignerCheck[];
  /** CEL over `predicate` and `statement`. */
  readonly conditions?: readonly string[];
  readonly maxAge?: string;
  readonly children?: "required" | "covered";
}
