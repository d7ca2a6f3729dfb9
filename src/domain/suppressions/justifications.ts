// SPDX-License-Identifier: Apache-2.0

/** Why a product is not affected, in the words that OpenVEX and CSAF share (CISA, "Vulnerability Exploitability eXchange: status justifications"). */
export const JUSTIFICATIONS = [
  "component_not_present",
  "vulnerable_code_not_present",
  "vulnerable_code_not_in_execute_path",
  "vulnerable_code_cannot_be_controlled_by_adversary",
  "inline_mitigations_already_exist",
] as const;

/** One of {@link JUSTIFICATIONS}. */
export type Justification = (typeof JUSTIFICATIONS)[number];
