// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Reason } from "#policy";
import type { FoundSignature, SignatureResult, SignatureState, TrustRequirement } from "#signatures";

/** One thing that was asked for, and what it came to. */
export interface VerifiedRequirement {
  readonly requirement: TrustRequirement;
  readonly result: SignatureResult;
}

/** A manifest or index that was looked at. */
export interface VerifiedSubject {
  readonly digest: Digest;
  /** Of a child of an index: e.g. `linux/amd64`. */
  readonly platform?: string;
  readonly requirements: readonly VerifiedRequirement[];
}

/** What `haechi verify` found out. */
export interface VerificationOutcome {
  /** As it was asked for. */
  readonly reference: string;
  readonly digest: Digest;
  readonly isIndex: boolean;
  /** Of an index: whether what it holds must be signed as well, or its own signature is enough. */
  readonly children?: "required" | "covered";
  /** `flags`: asked on the command line. `policy`: by the entry that applies. `nothing`: nobody asked. */
  readonly askedBy: "flags" | "policy" | "nothing";
  /** The image, then the children of an index. */
  readonly subjects: readonly VerifiedSubject[];
  /** Of a policy: its entry, and what it says about signatures. */
  readonly policy?: { readonly name: string; readonly reasons: readonly Reason[] };
  /** What is attached, unverified; only where nobody asked for anything. */
  readonly found?: readonly FoundSignature[];
  /** What all of it comes to; `unknown` where nothing was asked. */
  readonly state: SignatureState;
}

/** Worse first: a bad signature is louder than none, and none is more certain than what nobody can tell. */
const WORST_FIRST: readonly SignatureState[] = ["bad", "none", "unknown", "verified"];

/** The state of all requirements together; `unknown` of none, since an empty list never means verified. */
export function stateOfAll(results: readonly SignatureResult[]): SignatureState {
  return WORST_FIRST.find((state) => results.some((result) => result.state === state)) ?? "unknown";
}
