// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "#packages";
import { findSecrets } from "./find-secrets.ts";
import { isBinary, type SkipReason, skipReasonOf } from "./skip-reason.ts";
import { toObservation } from "./to-observation.ts";

/** What whoever makes an analyzer wants to know. */
export interface SecretAnalyzerOptions {
  /** Told of each file that is not read. That is no problem of a scan: most of an image is programs and documentation. */
  onSkip?(reason: SkipReason, path: string): void;
}

/** An analyzer that reads small text files of an image for secrets. */
export function createSecretAnalyzer({ onSkip }: SecretAnalyzerOptions = {}): Analyzer {
  return {
    name: "secret",
    version: "3",
    fixedPaths: [],
    wants(path, facts) {
      // A link is not read: the file that it leads to is, where it lies.
      if (facts === undefined) {
        return false;
      }
      const reason = skipReasonOf(path, facts.size);
      if (reason !== undefined) {
        onSkip?.(reason, path);
      }
      return reason === undefined ? "sniff" : false;
    },
    accepts(path, head) {
      const isText = !isBinary(head);
      if (!isText) {
        onSkip?.("binary", path);
      }
      return isText;
    },
    analyze({ path, bytes }) {
      const { secrets, isIncomplete } = findSecrets(bytes, { path });
      const message = "the file has more that looks like secrets than is looked at; what was left out is not known";
      return {
        packages: [],
        problems: isIncomplete ? [{ code: "LIMIT_EXCEEDED", message, path }] : [],
        observations: secrets.map(toObservation),
      };
    },
  };
}

/** Reads small text files of an image for secrets, by rules of our own. */
export const SECRET_ANALYZER: Analyzer = createSecretAnalyzer();
