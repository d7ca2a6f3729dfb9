// SPDX-License-Identifier: Apache-2.0
import type { GpgRequirement, SignatureProblem, SignedImage, TrustHttp } from "#signatures";
import type { GpgCandidate } from "#simple-signing";

/** Where to look for the simple signatures of one image. */
export interface SimpleSignatureSearch {
  readonly http: TrustHttp;
  readonly image: Pick<SignedImage, "reference" | "digest" | "credentials">;
  readonly requirement: Pick<GpgRequirement, "store" | "storeCredentials">;
  /**
   * Who named the store: `operator` (a setting, a flag, a policy file) or `content` (a policy of a namespace), which is
   * the default; only an operator may name a folder (`file://`) or, without permission, a private address.
   */
  readonly origin?: "operator" | "content" | undefined;
  /** Who named the image, and with it the registry: `operator` on a command line; default `content`. */
  readonly registryBy?: "operator" | "content" | undefined;
  /** Base URL of the registry's API, where there is no store; default `https://<registry>/`. */
  readonly registryUrl?: URL | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What lies there, unverified, and what could not be read. */
export interface SimpleSignatures {
  readonly candidates: readonly GpgCandidate[];
  readonly problems: readonly SignatureProblem[];
  /** Whether all of the place was read: only then no candidate means no signature. */
  readonly isComplete: boolean;
}
