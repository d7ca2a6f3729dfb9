// SPDX-License-Identifier: Apache-2.0
import { ApiFailure } from "../api/client.ts";
import { useCodeText, useText } from "../app/language.tsx";

/** A function that says in a sentence what went wrong. */
export function useFailureText(): (error: Error) => string {
  const text = useText();
  const codeText = useCodeText();
  return (error) => {
    if (!(error instanceof ApiFailure)) {
      return text("console.error.unexpected");
    }
    if (error.code === "UNREACHABLE") {
      return text("console.error.unreachable");
    }
    return codeText("console.error", error.code, text("console.error.unexpected"), {
      seconds: error.retryAfterSeconds ?? 1,
    });
  };
}
