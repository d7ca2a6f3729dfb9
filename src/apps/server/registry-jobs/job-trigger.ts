// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { ServerContext } from "../context.ts";

/** Makes jobs of events until it is disposed of. */
export type JobTrigger = (context: ServerContext, log: Pick<Logger, "error">) => AsyncDisposable;
