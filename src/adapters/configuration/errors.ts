// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type ConfigurationErrorCode =
  /** The file or a setting in it, a HAECHI_* variable or a flag is wrong; `problems` lists all of them. */
  "CONFIGURATION_INVALID";

/** A configuration with which the program must not start. */
export class ConfigurationError extends CodedError<ConfigurationErrorCode> {
  override readonly name: string = "ConfigurationError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super("CONFIGURATION_INVALID", `the configuration is wrong:\n${problems.map((each) => `  - ${each}`).join("\n")}`);
    this.problems = problems;
  }
}
