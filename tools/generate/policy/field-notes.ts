// SPDX-License-Identifier: Apache-2.0
import { longestEnding } from "./structural-rules.ts";

/** What a field means and what holds without it, where its schema does not say so. */
interface FieldNote {
  readonly meaning?: string;
  readonly default?: string;
}

/** Keyed by the end of the path, since the same fields stand in several places. */
const NOTES: Readonly<Record<string, FieldNote>> = {
  mandatory: { default: "false" },
  "policy.mode": { default: "enforce" },
  "policy.mutateImage": { default: "true where anything is checked" },
  "scan.unsupported": { default: "undecided" },
  "vulnerability.maxSeverity": { default: "none" },
  "vulnerability.onlyFixable": { default: "false" },
  "vulnerability.denyKnownExploited": { default: "false" },
  "image.requireDigest": { default: "false" },
  "policy.platforms": { default: "platforms of the nodes, else all of linux" },
  "workload.mode": { default: "enforce" },
  "serviceAccount.denyDefault": { default: "false" },

  "trust.enabled": { meaning: "Whether the tag must be signed; false switches everything beside it off." },
  trustServer: {
    meaning: "URL of the Notary v1 server, without credentials.",
    default: "the one that is known for the registry (signatures.notaryServers)",
  },
  signerSecrets: {
    meaning: "Secrets with `name` and `publicKey` of signers; all of them must have signed the newest version.",
    default: "any signer",
  },
  "signerSecrets[].name": { meaning: "Name of the Secret." },
  signers: { meaning: "The same, written here.", default: "any signer" },
  "signers[].name": { meaning: "Name of the delegation, without targets/." },
  "signers[].publicKey": { meaning: "PEM public key or certificate of the signer." },
  rootKeyIds: {
    meaning: "Ids of root keys, one of which must have signed the first root that is accepted.",
    default: "none is accepted, unless trustOnFirstUse",
  },
  trustOnFirstUse: {
    meaning: "Whether the first root that is seen is believed and remembered.",
    default: "false; in the older spellings true",
  },

  "simple.storeURL": {
    meaning: "Lookaside store of the signatures, http or https, without credentials.",
    default: "the registry’s own extension",
  },
  "simple.storeSecret": { meaning: "Secret with `username` and `password` for the store." },
  "simple.requirements": { meaning: "All must hold." },
  "requirements[].type": {
    meaning: "`signedBy`: signed by one of the keys; `insecureAcceptAnything`: passes; `reject`: nothing passes.",
  },
  "requirements[].keySecret": {
    meaning: "Secret whose field `key` holds armoured GPG public keys; signedBy needs it, or keys.",
  },
  keySecretNamespace: {
    meaning: "Namespace of the Secret; only the one that it is looked for in anyway.",
    default: "of the policy; of a ClusterImagePolicy Haechi’s own",
  },
  "requirements[].keys": { meaning: "Armoured GPG public keys, written here; any of them counts." },
  signedIdentity: {
    meaning: "Which name the signature must be for (containers-policy.json(5)).",
    default: "matchRepoDigestOrExact",
  },
  "signedIdentity.type": {
    meaning: "How names are compared; the empty text is matchRepoDigestOrExact. Some types need a field beside.",
  },
  "signedIdentity.dockerRepository": { meaning: "Of matchExactRepository." },
  "signedIdentity.dockerReference": { meaning: "Of matchExactReference." },
  "signedIdentity.prefix": { meaning: "Of remapIdentity: what the image’s name begins with." },
  "signedIdentity.signedPrefix": { meaning: "Of remapIdentity: what the signed name begins with instead." },

  cosign: {
    meaning: "Signed with `cosign sign --key`: by one of the public keys. Exactly one of key, keys, keySecret.",
  },
  "cosign.key": { meaning: "PEM public key." },
  "cosign.keys": { meaning: "PEM public keys; any of them counts." },
  "cosign.keySecret": { meaning: "Secret whose field `cosign.pub` (or `publicKey`) holds the PEM." },
  "cosign.transparencyLog": {
    meaning: "Whether the signature must be in a transparency log.",
    default: "required where a trustRoot is named, else optional",
  },
  trustRoot: {
    meaning:
      "Trusted root of Sigstore: a name of the setting signatures.trustRoots, or `json:` with the text of a trusted_root.json.",
    default: "the public one for keyless; none for keys",
  },
  keyless: {
    meaning:
      "Signed without a key: by whoever the certificate names. One of issuer and issuerPattern, one of subject and subjectPattern.",
  },
  "keyless.issuer": { meaning: "The OIDC issuer, exactly." },
  "keyless.issuerPattern": { meaning: "The issuer, with * for any text." },
  "keyless.subject": { meaning: "The identity (address or workflow URI), exactly." },
  "keyless.subjectPattern": { meaning: "The identity, with * for any text." },
  notation: { meaning: "Signed with notation (Notary Project). Exactly one of trustPolicy and certificates." },
  "notation.trustPolicy": {
    meaning: "A trustpolicy.json in full, as text or as an object; only trustStores may stand beside.",
  },
  "notation.trustStores": {
    meaning:
      "PEM certificates of the stores that the trust policy names, by `ca:NAME`, `signingAuthority:NAME`, `tsa:NAME`.",
  },
  "notation.trustStores{}": { meaning: "PEM certificates of the store." },
  "notation.level": { meaning: "How strictly expiry and revocation count.", default: "strict" },
  "notation.certificates": { meaning: "PEM certificates of the authorities that signers are trusted by." },
  "notation.identities": { meaning: "Names of signers, e.g. `x509.subject: C=KR, O=Example`.", default: "*" },
  "notation.timestampCertificates": { meaning: "PEM certificates of timestamp authorities." },
  notary: { meaning: "Docker Content Trust, as `trust`, as one of the signatures." },
  gpg: { meaning: "GPG simple signing, as `simple`, as one of the signatures. Exactly one of keys and keySecret." },
  "gpg.keys": { meaning: "Armoured GPG public keys; any of them counts." },
  "gpg.keySecret": { meaning: "Secret whose field `key` holds armoured GPG public keys." },
  "gpg.storeURL": {
    meaning: "Lookaside store of the signatures, http or https.",
    default: "the registry’s own extension",
  },
  "gpg.storeSecret": { meaning: "Secret with `username` and `password` for the store." },
  children: {
    meaning: "Of an index: whether each image in it must be signed as well, or the signature of the index covers them.",
    default: "required",
  },
  anyOf: { meaning: "Alternatives, each with exactly one method, of which atLeast different signers are needed." },
  atLeast: { meaning: "How many different signers of anyOf.", default: "1" },
  predicateType: { meaning: "What kind of statement, by its URI." },
  by: { meaning: "Whose statement counts: any of them, each with exactly one of cosign and keyless." },
  conditions: {
    meaning: "CEL over `predicate` and `statement`; all must be true.",
    default: "the statement alone is enough",
  },
  "attestations[].maxAge": { meaning: "Older statements do not count." },
};

/** The note on the field at the path. */
export function noteOf(path: string): FieldNote {
  return longestEnding(NOTES, path) ?? {};
}
