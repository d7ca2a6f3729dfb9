// SPDX-License-Identifier: Apache-2.0

/** `application/vnd.dev.sigstore.bundle.v0.3+json` and `…bundle+json;version=0.2` (Sigstore bundle specification). */
export function isCosignBundle(type: string | undefined): boolean {
  return type !== undefined && /^application\/vnd\.dev\.sigstore\.bundle(?:\.v\d+\.\d+)?\+json(?:;.*)?$/.test(type);
}

/** What cosign's OCI 1.1 mode attaches (`COSIGN_EXPERIMENTAL=1 cosign sign --registry-referrers-mode oci-1-1`). */
export function isCosignSignatureArtifact(type: string | undefined): boolean {
  return type !== undefined && /^application\/vnd\.dev\.cosign\.artifact\.sig\.v\d+\+json$/.test(type);
}

export function isCosignAttestationArtifact(type: string | undefined): boolean {
  return type !== undefined && /^application\/vnd\.dev\.cosign\.artifact\.att\.v\d+\+json$/.test(type);
}

export function isSimpleSigningLayer(type: string): boolean {
  return type === "application/vnd.dev.cosign.simplesigning.v1+json";
}

export function isDsseLayer(type: string): boolean {
  return type === "application/vnd.dsse.envelope.v1+json";
}

/** Notary Project "OCI Signature Manifest". */
export function isNotationSignature(type: string | undefined): boolean {
  return type === "application/vnd.cncf.notary.signature";
}

export function isNotationEnvelope(type: string): boolean {
  return type === "application/jose+json" || type === "application/cose";
}
