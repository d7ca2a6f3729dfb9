// SPDX-License-Identifier: Apache-2.0
import type { Command } from "../command.ts";
import { adminResetPasswordCommand } from "./admin-reset-password.ts";
import { adminRestoreCommand } from "./admin-restore.ts";
import { adminRotateKeyCommand } from "./admin-rotate-key.ts";
import { attestCommand } from "./attest.ts";
import { dbBuildCommand } from "./db-build.ts";
import { dbExportCommand } from "./db-export.ts";
import { dbImportCommand } from "./db-import.ts";
import { dbPullCommand } from "./db-pull.ts";
import { dbPushCommand } from "./db-push.ts";
import { dbStatusCommand } from "./db-status.ts";
import { dbUpdateCommand } from "./db-update.ts";
import { dbVerifyCommand } from "./db-verify.ts";
import { gateEngageCommand } from "./gate-engage.ts";
import { gateReleaseCommand } from "./gate-release.ts";
import { gateStatusCommand } from "./gate-status.ts";
import { keyGenerateCommand } from "./key-generate.ts";
import { policyExplainCommand } from "./policy-explain.ts";
import { policyLintCommand } from "./policy-lint.ts";
import { policyMigrateCommand } from "./policy-migrate.ts";
import { policyReplayCommand } from "./policy-replay.ts";
import { policyTestCommand } from "./policy-test.ts";
import { scanCommand } from "./scan.ts";
import { serverCommand } from "./server.ts";
import { signCommand } from "./sign.ts";
import { verifyCommand } from "./verify.ts";
import { versionCommand } from "./version.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  serverCommand,
  scanCommand,
  verifyCommand,
  signCommand,
  attestCommand,
  keyGenerateCommand,
  policyLintCommand,
  policyTestCommand,
  policyExplainCommand,
  policyReplayCommand,
  policyMigrateCommand,
  gateStatusCommand,
  gateReleaseCommand,
  gateEngageCommand,
  dbUpdateCommand,
  dbStatusCommand,
  dbImportCommand,
  dbBuildCommand,
  dbVerifyCommand,
  dbPullCommand,
  dbPushCommand,
  dbExportCommand,
  adminResetPasswordCommand,
  adminRotateKeyCommand,
  adminRestoreCommand,
  versionCommand,
];
