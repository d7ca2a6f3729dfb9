// SPDX-License-Identifier: Apache-2.0
export { combineAlternatives } from "./combine-results.ts";
export { concludeResult, type SignatureFindings } from "./conclude-result.ts";
export { describeRequirement, methodOf } from "./describe-requirement.ts";
export type { ReferrerSource } from "./referrer-source.ts";
export { requirementId } from "./requirement-id.ts";
export { effectOf, SignatureRejected } from "./signature-rejected.ts";
export type {
  AddressAuthor,
  AlternativesRequirement,
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
  RejectRequirement,
  SignatureRequirement,
  TrustRequirement,
  TrustRoot,
} from "./signature-requirement.ts";
export type {
  ProblemEffect,
  SignatureKind,
  SignatureProblem,
  SignatureProblemCode,
  SignatureResult,
  SignatureState,
  SigningCertificate,
  VerifiedSignature,
} from "./signature-result.ts";
export type { FoundSignature, SignatureVerifier, SignedImage } from "./signature-verifier.ts";
export type { TrustAnswer, TrustHttp, TrustRequest } from "./trust-http.ts";
export type { TrustStateStore } from "./trust-state-store.ts";
export type { VerificationSubject } from "./verification-subject.ts";
