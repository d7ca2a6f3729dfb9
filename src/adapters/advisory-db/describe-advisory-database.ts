// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import type { AdvisoryDatabaseInfo } from "#advisories";
import { type AdvisoryDatabase, openAdvisoryDatabase } from "./open-advisory-database.ts";
import { FORMAT_VERSION } from "./schema.ts";

/** What `haechi db status` shows. */
export interface AdvisoryDatabaseDescription extends AdvisoryDatabaseInfo {
  /** Absolute path. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly formatVersion: number;
  readonly imports: AdvisoryDatabase["imports"];
  /** True when the content was read and has the digest that the file says; false when nobody looked. */
  readonly isVerified: boolean;
}

/** Describes a database file; with `verify` it reads all of it. Throws as {@link openAdvisoryDatabase} does. */
export function describeAdvisoryDatabase(
  path: string,
  options: { readonly verify?: boolean } = {},
): AdvisoryDatabaseDescription {
  using database = openAdvisoryDatabase(path);
  if (options.verify === true) {
    database.verify();
  }
  return {
    file: resolve(path),
    sizeBytes: database.sizeBytes,
    formatVersion: FORMAT_VERSION,
    ...database.info,
    imports: database.imports,
    isVerified: options.verify === true,
  };
}
