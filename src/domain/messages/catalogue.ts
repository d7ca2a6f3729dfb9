// SPDX-License-Identifier: Apache-2.0
import { admissionEn, admissionKo } from "./areas/admission.ts";
import { cliEn, cliKo } from "./areas/cli.ts";
import { consoleEn, consoleKo } from "./areas/console.ts";
import { databaseEn, databaseKo } from "./areas/database.ts";
import { policyEn, policyKo } from "./areas/policy.ts";
import { registryEn, registryKo } from "./areas/registry.ts";
import { scanEn, scanKo } from "./areas/scan.ts";
import { serverEn, serverKo } from "./areas/server.ts";
import { signaturesEn, signaturesKo } from "./areas/signatures.ts";
import { signingEn, signingKo } from "./areas/signing.ts";

/** The id of a message; an unknown id, or one without Korean text, is a compile error. */
export type MessageId =
  | keyof typeof admissionEn
  | keyof typeof cliEn
  | keyof typeof consoleEn
  | keyof typeof databaseEn
  | keyof typeof policyEn
  | keyof typeof registryEn
  | keyof typeof scanEn
  | keyof typeof serverEn
  | keyof typeof signaturesEn
  | keyof typeof signingEn;

/** The languages of the product. */
export type Language = "en" | "ko";

/** Every message (ICU MessageFormat) in every language. */
export const CATALOGUE: Readonly<Record<Language, Readonly<Record<MessageId, string>>>> = {
  en: {
    ...admissionEn,
    ...cliEn,
    ...consoleEn,
    ...databaseEn,
    ...policyEn,
    ...registryEn,
    ...scanEn,
    ...serverEn,
    ...signaturesEn,
    ...signingEn,
  },
  ko: {
    ...admissionKo,
    ...cliKo,
    ...consoleKo,
    ...databaseKo,
    ...policyKo,
    ...registryKo,
    ...scanKo,
    ...serverKo,
    ...signaturesKo,
    ...signingKo,
  },
};

/** Whether the text is a message id, for ids that are put together from codes (`reason.<CODE>`). */
export function isMessageId(text: string): text is MessageId {
  return Object.hasOwn(CATALOGUE.en, text);
}
