// SPDX-License-Identifier: Apache-2.0
export { type BuildOptions, buildAdvisoryDatabase } from "./build-advisory-database.ts";
export { type AdvisoryDatabaseDescription, describeAdvisoryDatabase } from "./describe-advisory-database.ts";
export { BUNDLED_ADVISORIES, ensureBundledDatabase } from "./ensure-bundled-database.ts";
export { AdvisoryDatabaseError, type AdvisoryDatabaseErrorCode } from "./errors.ts";
export { type ImportOptions, type ImportProgress, type ImportResult, importAdvisories } from "./import-advisories.ts";
export { type AdvisoryDatabase, openAdvisoryDatabase } from "./open-advisory-database.ts";
