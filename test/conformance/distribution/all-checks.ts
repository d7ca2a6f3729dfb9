// SPDX-License-Identifier: Apache-2.0
import type { Check } from "./check.ts";
import { BLOB_CHECKS } from "./checks/blobs.ts";
import { UPLOAD_CHECKS } from "./checks/chunked-uploads.ts";
import { CONDITIONAL_CHECKS } from "./checks/conditional-requests.ts";
import { DELETE_CHECKS } from "./checks/deleting.ts";
import { MANIFEST_CHECKS } from "./checks/push-and-pull-manifests.ts";
import { REFERRER_CHECKS } from "./checks/referrers.ts";
import { SUPPORT_AND_ERROR_CHECKS } from "./checks/support-and-errors.ts";
import { TAG_CHECKS } from "./checks/tags.ts";

/** Every check, in the order of the specification. */
export const ALL_CHECKS: readonly Check[] = [
  ...SUPPORT_AND_ERROR_CHECKS,
  ...BLOB_CHECKS,
  ...UPLOAD_CHECKS,
  ...MANIFEST_CHECKS,
  ...CONDITIONAL_CHECKS,
  ...TAG_CHECKS,
  ...REFERRER_CHECKS,
  ...DELETE_CHECKS,
];
