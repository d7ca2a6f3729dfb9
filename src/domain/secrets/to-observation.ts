// SPDX-License-Identifier: Apache-2.0
import type { Observation } from "#packages";
import { CREDENTIAL_WORDS } from "./credential-words.ts";
import type { FoundSecret } from "./find-secrets.ts";

/** The observation that says that a secret was found. Values for its message: `vendor` and `credential`. */
export function toObservation({ rule, line, masked }: FoundSecret): Observation {
  const { vendor, credential } = rule;
  return {
    kind: "secret",
    rule: rule.id,
    severity: rule.severity,
    title: `${vendor === "generic" ? "" : `${vendor} `}${CREDENTIAL_WORDS[credential]}`,
    line,
    excerpt: masked,
    params: { vendor, credential },
  };
}
