// SPDX-License-Identifier: Apache-2.0
import type { Command } from "../command.ts";
import { adminResetPasswordCommand } from "./admin-reset-password.ts";
import { adminRestoreCommand } from "./admin-restore.ts";
import { adminRotateKeyCommand } from "./admin-rotate-key.ts";
import { attestCommand } from "./attest.ts";
import { dbBuildCommand } from "./db-build.ts";
import { dbImportCommand } from "./db-import.ts";
import { dbStatusCommand } from "./db-status.ts";
import { keyGenerateCommand } from "./key-generate.ts";
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
  dbImportCommand,
  dbBuildCommand,
  dbStatusCommand,
  adminResetPasswordCommand,
  adminRotateKeyCommand,
  adminRestoreCommand,
  versionCommand,
];
