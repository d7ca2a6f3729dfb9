// SPDX-License-Identifier: Apache-2.0
export { readDatabaseArtifact } from "./artifact-manifest.ts";
export { type BuildOptions, buildAdvisoryDatabase } from "./build-advisory-database.ts";
export { compareDatabases, type DatabaseChange } from "./compare-databases.ts";
export { type AdvisoryDatabaseDescription, describeAdvisoryDatabase } from "./describe-advisory-database.ts";
export { BUNDLED_ADVISORIES, bundledFiles, ensureBundledDatabase } from "./ensure-bundled-database.ts";
export { AdvisoryDatabaseError, type AdvisoryDatabaseErrorCode } from "./errors.ts";
export { identityOfDatabase } from "./identity-of-database.ts";
export { type ImportOptions, type ImportProgress, type ImportResult, importAdvisories } from "./import-advisories.ts";
export { type DatabaseTrust, judgeTrust, type TrustedDatabase } from "./judge-trust.ts";
export { type LayoutTarget, openLayoutTarget } from "./layout-target.ts";
export { type MirroredArtifact, mirrorArtifact } from "./mirror-artifact.ts";
export { type AdvisoryDatabase, openAdvisoryDatabase } from "./open-advisory-database.ts";
export { type PulledDatabase, type PullOptions, pullDatabase } from "./pull-database.ts";
export { type PushedDatabase, type PushOptions, pushDatabase } from "./push-database.ts";
export { writeLayoutArchive } from "./write-layout-archive.ts";
