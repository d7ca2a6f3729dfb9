// SPDX-License-Identifier: Apache-2.0
import { UsageError } from "../errors.ts";

/** The number of a job as somebody types it; throws UsageError. */
export function parseJobId(text: string | undefined): number {
  if (text === undefined || !/^#?\d{1,15}$/.test(text)) {
    throw new UsageError("ARGUMENT_INVALID", `expected the number of a job, found "${(text ?? "").slice(0, 100)}"`);
  }
  return Number(text.replace("#", ""));
}
