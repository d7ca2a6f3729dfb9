// SPDX-License-Identifier: Apache-2.0
import type { SecretRule } from "../secret-rule.ts";
import { CLOUD_RULES } from "./cloud-rules.ts";
import { FILE_RULES } from "./file-rules.ts";
import { GENERIC_RULES } from "./generic-rules.ts";
import { IDENTITY_RULES } from "./identity-rules.ts";
import { KEY_RULES } from "./key-rules.ts";
import { MESSAGING_RULES } from "./messaging-rules.ts";
import { MODEL_RULES } from "./model-rules.ts";
import { OBSERVABILITY_RULES } from "./observability-rules.ts";
import { PAYMENT_RULES } from "./payment-rules.ts";
import { SOURCE_RULES } from "./source-rules.ts";

/** Every rule; of two that find something in the same place the earlier one speaks. */
export const SECRET_RULES: readonly SecretRule[] = [
  ...KEY_RULES,
  ...CLOUD_RULES,
  ...SOURCE_RULES,
  ...MESSAGING_RULES,
  ...PAYMENT_RULES,
  ...MODEL_RULES,
  ...OBSERVABILITY_RULES,
  ...FILE_RULES,
  ...IDENTITY_RULES,
  ...GENERIC_RULES,
];
