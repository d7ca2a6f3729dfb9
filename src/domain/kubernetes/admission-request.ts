// SPDX-License-Identifier: Apache-2.0

/** The part of an `admission.k8s.io/v1` AdmissionRequest that we read. Objects stay unchecked until a reader needs them. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  /** e.g. `ephemeralcontainers`, `status`; empty for the object itself. */
  readonly subResource: string;
  /** Empty while the API server has not made it up yet (`generateName`). */
  readonly name: string;
  /** Empty for objects without namespace. */
  readonly namespace: string;
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "CONNECT";
  readonly userName: string;
  readonly userGroups: readonly string[];
  readonly userUid: string;
  /** What the authenticator added; keys to lists of texts, unchecked. */
  readonly userExtra: unknown;
  readonly isDryRun: boolean;
  /** The object after the request; null on DELETE. */
  readonly object: unknown;
  /** The object before the request; null on CREATE. */
  readonly oldObject: unknown;
}

/** A review, or what is wrong with it (English, for the answer) and its uid if that much could be read. */
export type ParsedReview = { readonly request: AdmissionRequest } | { readonly problem: string; readonly uid?: string };
