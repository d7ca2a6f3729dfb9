// SPDX-License-Identifier: Apache-2.0
import type { SignatureProblemCode, SignatureState } from "#signatures";

/**
 * One row of the peer matrix (`docs/reference/signatures.md`): the tests of a kind run over its table, and the page is
 * generated from the same table, so that it cannot say what no test has seen.
 */
export interface PeerCase {
  /** Unique in its table; what is done, e.g. `a flipped byte in the signature`. */
  readonly name: string;
  /** `signed-by-peer`: the peer signs, we verify. `signed-by-us`: we sign, the peer verifies. `tampered`: must not verify. */
  readonly direction: "signed-by-peer" | "signed-by-us" | "tampered";
  /** With its version where that matters, e.g. `cosign 3.1`, `notary 0.7`, `skopeo standalone-sign`. */
  readonly peer: string;
  /** Where the signature lies, e.g. `our registry, referrer`, `docker-registry 2.8, tag`. */
  readonly store: string;
  readonly want: { readonly state: SignatureState; readonly code?: SignatureProblemCode };
  /** What the peer's own verification says of the same, where it was asked. */
  readonly peerSays?: "yes" | "no";
}
