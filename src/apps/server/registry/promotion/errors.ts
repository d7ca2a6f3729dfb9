// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";
import type { JobNoteCode } from "../../registry-jobs/job-note.ts";

export type PromotionErrorCode =
  /** No rule of that name. */
  | "RULE_UNKNOWN"
  /** The rule is about other repositories or tags, or changed since it was asked for. */
  | "IMAGE_NOT_COVERED"
  /** The repository does not have the image (any more). */
  | "IMAGE_UNKNOWN"
  /** The verdict is deny, or nobody can tell: only what is allowed is promoted. */
  | "IMAGE_REFUSED"
  /** The scan or its signatures are not known yet; tried again. */
  | "VERDICT_PENDING"
  /** Nobody else than the requester has agreed. */
  | "APPROVAL_MISSING"
  /** Under this tag there is another image at the destination. */
  | "TAG_TAKEN";

/** An image that is not promoted; the message says why. */
export class PromotionError extends CodedError<PromotionErrorCode> {
  override readonly name: string = "PromotionError";

  constructor(
    code: PromotionErrorCode,
    message: string,
    options: { readonly details?: Readonly<Record<string, unknown>> } = {},
  ) {
    // a code without a sentence for the job does not compile
    super(code satisfies JobNoteCode, message, options);
  }
}
