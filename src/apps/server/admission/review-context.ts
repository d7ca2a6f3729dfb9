// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { Webhook } from "./webhook.ts";

/** What one review is answered with. */
export interface ReviewContext {
  readonly webhook: Webhook;
  /** `performance.now()` at which the answer must be there. */
  readonly deadline: number;
  /** Made when it is called: most reviews have nothing to say, and a logger of their own costs more than judging them. */
  readonly log: () => Logger;
}

/** Aborts at the deadline of the review, or earlier after `atMostMs`. */
export function untilDeadline({ deadline }: Pick<ReviewContext, "deadline">, atMostMs: number): AbortSignal {
  return AbortSignal.timeout(Math.ceil(Math.max(1, Math.min(atMostMs, deadline - performance.now()))));
}
