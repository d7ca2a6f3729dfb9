// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ImageReference } from "#oci";

/** What is being verified, and when. */
export interface VerificationSubject {
  /** The manifest or index; whatever a signature says about another digest does not count. */
  readonly digest: Digest;
  /** As it was asked for: kinds that sign names compare with it. */
  readonly reference: ImageReference;
  readonly now: Date;
}
