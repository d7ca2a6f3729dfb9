// SPDX-License-Identifier: Apache-2.0

/**
 * What a policy asks of the signatures of an image, with all trust material in place: Secrets are looked up, files are
 * read. Identities are exact; a field whose name ends in `Pattern` is a wildcard text (`*` is any run of characters)
 * that must cover the whole identity.
 */
export type SignatureRequirement =
  | CosignKeyRequirement
  | CosignKeylessRequirement
  | NotationRequirement
  | NotaryRequirement
  | GpgRequirement
  | RejectRequirement
  | AlternativesRequirement;

/** Whose signature a DSSE attestation must carry. */
export type AttestationSigner = CosignKeyRequirement | CosignKeylessRequirement;

/** A cosign signature by one of the keys. */
export interface CosignKeyRequirement {
  readonly kind: "cosign-key";
  /** PEM `PUBLIC KEY` (SPKI); any one of them is enough. */
  readonly keys: readonly string[];
  /** `required`: a proof of the transparency log of `trustRoot` must be there and hold. Default `optional`: none is needed, one that is there must hold if a trust root is given. */
  readonly transparencyLog?: "required" | "optional";
  readonly trustRoot?: TrustRoot;
}

/** A cosign signature with a certificate of one of the identities. A proof of the transparency log and an SCT are always needed. */
export interface CosignKeylessRequirement {
  readonly kind: "cosign-keyless";
  readonly identities: readonly [CertificateIdentity, ...CertificateIdentity[]];
  readonly trustRoot: TrustRoot;
}

/** Who a Fulcio certificate must name: issuer of the identity token and subject (SAN), each exact or as a pattern. */
export type CertificateIdentity = (
  | { readonly issuer: string; readonly issuerPattern?: never }
  | { readonly issuerPattern: string; readonly issuer?: never }
) &
  (
    | { readonly subject: string; readonly subjectPattern?: never }
    | { readonly subjectPattern: string; readonly subject?: never }
  );

/** A Sigstore `trusted_root.json`: its text, or the name of one that the configuration or a TUF mirror provides. */
export type TrustRoot =
  | { readonly json: string; readonly name?: never }
  | { readonly name: string; readonly json?: never };

/** A signature of the Notary Project under a trust policy (specification "Trust Store and Trust Policy" 1.1). */
export interface NotationRequirement {
  readonly kind: "notation";
  /** The text of a `trustpolicy.json` (OCI trust policy document). */
  readonly trustPolicy: string;
  /** `ca:name`, `signingAuthority:name` or `tsa:name` → PEM certificates. */
  readonly trustStores: Readonly<Record<string, readonly string[]>>;
}

/** Docker Content Trust: the tag must be a target of the repository's TUF metadata on a Notary v1 server. */
export interface NotaryRequirement {
  readonly kind: "notary";
  /** URL of the server; absent: the one known for the registry, and "not supported" where there is none. */
  readonly server?: string;
  /** Who named `server`; absent: as the verifier takes it, which is foreign content unless its options say otherwise. */
  readonly addressBy?: AddressAuthor;
  /** Key ids of root keys of which one must have signed the first root that is accepted. */
  readonly rootKeyIds: readonly string[];
  /** Without a pinned key: accept the first root that is seen and keep it. Off in `haechi.dev/v1`. */
  readonly trustOnFirstUse: boolean;
  /** All of them must have signed the newest version, each in its delegation `targets/<name>`; none: any valid target. */
  readonly signers: readonly NotarySigner[];
}

/**
 * Who named an address: only the operator may lead to private addresses and have credentials sent there. Part of the
 * requirement, and so of its id: results of the two ranks are never taken for each other.
 */
export type AddressAuthor = "operator" | "content";

export interface NotarySigner {
  readonly name: string;
  /** PEM `PUBLIC KEY` or `CERTIFICATE`. */
  readonly publicKey: string;
}

/** "Simple signing" by GPG (containers-signature(5)). */
export interface GpgRequirement {
  readonly kind: "gpg";
  /** ASCII-armoured or binary (base64) key rings; a signature by any key of any of them is enough. */
  readonly keys: readonly string[];
  readonly identity: GpgIdentity;
  /** Base URL of the lookaside store; absent: the registry's `X-Registry-Supports-Signatures` extension. */
  readonly store?: string;
  /** Who named `store`, as in {@link NotaryRequirement}. */
  readonly addressBy?: AddressAuthor;
  /** Credentials of the store. */
  readonly storeCredentials?: { readonly username: string; readonly password: string };
}

/** How the identity inside the signature relates to the image (containers-policy.json(5), "signedIdentity"). */
export type GpgIdentity =
  | { readonly type: "matchExact" | "matchRepoDigestOrExact" | "matchRepository" }
  | { readonly type: "exactReference"; readonly reference: string }
  | { readonly type: "exactRepository"; readonly repository: string }
  | { readonly type: "remapIdentity"; readonly prefix: string; readonly signedPrefix: string };

/** Never satisfied (`type: reject` of simple signing). */
export interface RejectRequirement {
  readonly kind: "reject";
}

/** At least `atLeast` of them, by different signers. */
export interface AlternativesRequirement {
  readonly kind: "any-of";
  readonly atLeast: number;
  readonly of: readonly SignatureRequirement[];
}

/** A signed in-toto statement about the image (DSSE, in-toto attestation framework 1.0). */
export interface AttestationRequirement {
  readonly kind: "attestation";
  /** Exact, e.g. `https://slsa.dev/provenance/v1`. */
  readonly predicateType: string;
  /** Any one of them. */
  readonly by: readonly AttestationSigner[];
  /** CEL expressions over `predicate` and `statement`; each must be true of one and the same statement. */
  readonly conditions: readonly string[];
  /** The oldest that counts, such as `30d`; by trusted time, so an attestation without one does not count. */
  readonly maxAge?: string;
}

/** Anything that has a result of its own. */
export type TrustRequirement = SignatureRequirement | AttestationRequirement;
