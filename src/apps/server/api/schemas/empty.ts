// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

/** An answer without a body. */
export const emptySchema: z.ZodType<null> = z.null().describe("no content");
