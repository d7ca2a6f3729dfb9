// SPDX-License-Identifier: Apache-2.0
import { DatabaseError, type DatabaseErrorCode } from "#database";
import { ApiError, type ApiErrorCode } from "../errors.ts";

const CODES: Readonly<Partial<Record<DatabaseErrorCode, ApiErrorCode>>> = {
  ACCOUNT_EXISTS: "ACCOUNT_EXISTS",
  ACCOUNT_UNKNOWN: "ACCOUNT_UNKNOWN",
  LAST_ADMINISTRATOR: "LAST_ADMINISTRATOR",
  ACCESS_KEY_UNKNOWN: "ACCESS_KEY_UNKNOWN",
  ACCESS_KEYS_FULL: "ACCESS_KEYS_FULL",
};

/** Runs a change of accounts or keys; what the store refuses becomes the answer. */
export async function answeringRefusals<T>(change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    const code = error instanceof DatabaseError ? CODES[error.code] : undefined;
    if (code === undefined) {
      throw error;
    }
    throw new ApiError(code, (error as DatabaseError).message, { cause: error });
  }
}
