// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

/** The one shape of an error answer. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly requestId: string;
  };
}

export const errorSchema: z.ZodType<ErrorBody> = z.strictObject({
  error: z.strictObject({
    code: z.string().describe("stable; see the reference of errors"),
    message: z.string().describe("for developers, in English"),
    requestId: z.string().describe("the server's log has a line with it"),
  }),
});

z.globalRegistry.add(errorSchema, { id: "ErrorAnswer" });
