// SPDX-License-Identifier: Apache-2.0
import { admissionEn, admissionKo } from "./areas/admission.ts";
import { cliEn, cliKo } from "./areas/cli.ts";
import { consoleEn, consoleKo } from "./areas/console.ts";
import { consoleClusterEn, consoleClusterKo } from "./areas/console-cluster.ts";
import { consoleScansEn, consoleScansKo } from "./areas/console-scans.ts";
import { controllerEn, controllerKo } from "./areas/controller.ts";
import { databaseEn, databaseKo } from "./areas/database.ts";
import { dockerfileLintEn, dockerfileLintKo } from "./areas/dockerfile-lint.ts";
import { exposureEn, exposureKo } from "./areas/exposure.ts";
import { ignoreFileEn, ignoreFileKo } from "./areas/ignore-file.ts";
import { lintEn, lintKo } from "./areas/lint.ts";
import { policyEn, policyKo } from "./areas/policy.ts";
import { policyToolsEn, policyToolsKo } from "./areas/policy-tools.ts";
import { registryEn, registryKo } from "./areas/registry.ts";
import { registryAccountsEn, registryAccountsKo } from "./areas/registry-accounts.ts";
import { registryBackupEn, registryBackupKo } from "./areas/registry-backup.ts";
import { registryJobsEn, registryJobsKo } from "./areas/registry-jobs.ts";
import { registryScannersEn, registryScannersKo } from "./areas/registry-scanners.ts";
import { registryScansEn, registryScansKo } from "./areas/registry-scans.ts";
import { registrySettingsEn, registrySettingsKo } from "./areas/registry-settings.ts";
import { registryStorageEn, registryStorageKo } from "./areas/registry-storage.ts";
import { registryTransferEn, registryTransferKo } from "./areas/registry-transfer.ts";
import { registryWebhooksEn, registryWebhooksKo } from "./areas/registry-webhooks.ts";
import { reportEn, reportKo } from "./areas/report.ts";
import { scanEn, scanKo } from "./areas/scan.ts";
import { scanDetailEn, scanDetailKo } from "./areas/scan-detail.ts";
import { serverEn, serverKo } from "./areas/server.ts";
import { signaturesEn, signaturesKo } from "./areas/signatures.ts";
import { signingEn, signingKo } from "./areas/signing.ts";
import { workloadEn, workloadKo } from "./areas/workload.ts";

/** The id of a message; an unknown id, or one without Korean text, is a compile error. */
export type MessageId =
  | keyof typeof admissionEn
  | keyof typeof cliEn
  | keyof typeof consoleEn
  | keyof typeof consoleClusterEn
  | keyof typeof consoleScansEn
  | keyof typeof controllerEn
  | keyof typeof databaseEn
  | keyof typeof dockerfileLintEn
  | keyof typeof exposureEn
  | keyof typeof ignoreFileEn
  | keyof typeof lintEn
  | keyof typeof policyEn
  | keyof typeof policyToolsEn
  | keyof typeof registryEn
  | keyof typeof registryAccountsEn
  | keyof typeof registryBackupEn
  | keyof typeof registryJobsEn
  | keyof typeof registryStorageEn
  | keyof typeof registryTransferEn
  | keyof typeof registryScannersEn
  | keyof typeof registryScansEn
  | keyof typeof registrySettingsEn
  | keyof typeof registryWebhooksEn
  | keyof typeof reportEn
  | keyof typeof scanEn
  | keyof typeof scanDetailEn
  | keyof typeof serverEn
  | keyof typeof signaturesEn
  | keyof typeof signingEn
  | keyof typeof workloadEn;

/** The languages of the product. */
export type Language = "en" | "ko";

/** Every message (ICU MessageFormat) in every language. */
export const CATALOGUE: Readonly<Record<Language, Readonly<Record<MessageId, string>>>> = {
  en: {
    ...admissionEn,
    ...cliEn,
    ...consoleEn,
    ...consoleClusterEn,
    ...consoleScansEn,
    ...controllerEn,
    ...databaseEn,
    ...dockerfileLintEn,
    ...exposureEn,
    ...ignoreFileEn,
    ...lintEn,
    ...policyEn,
    ...policyToolsEn,
    ...registryEn,
    ...registryAccountsEn,
    ...registryBackupEn,
    ...registryJobsEn,
    ...registryStorageEn,
    ...registryTransferEn,
    ...registryScannersEn,
    ...registryScansEn,
    ...registrySettingsEn,
    ...registryWebhooksEn,
    ...reportEn,
    ...scanEn,
    ...scanDetailEn,
    ...serverEn,
    ...signaturesEn,
    ...signingEn,
    ...workloadEn,
  },
  ko: {
    ...admissionKo,
    ...cliKo,
    ...consoleKo,
    ...consoleClusterKo,
    ...consoleScansKo,
    ...controllerKo,
    ...databaseKo,
    ...dockerfileLintKo,
    ...exposureKo,
    ...ignoreFileKo,
    ...lintKo,
    ...policyKo,
    ...policyToolsKo,
    ...registryKo,
    ...registryAccountsKo,
    ...registryBackupKo,
    ...registryJobsKo,
    ...registryStorageKo,
    ...registryTransferKo,
    ...registryScannersKo,
    ...registryScansKo,
    ...registrySettingsKo,
    ...registryWebhooksKo,
    ...reportKo,
    ...scanKo,
    ...scanDetailKo,
    ...serverKo,
    ...signaturesKo,
    ...signingKo,
    ...workloadKo,
  },
};
