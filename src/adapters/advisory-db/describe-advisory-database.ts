// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import type { AdvisoryDatabaseInfo } from "#advisories";
import type { ShardEntry } from "./index-document.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";
import type { OriginNote } from "./origin-note.ts";
import { FORMAT_VERSION } from "./schema.ts";

/** What `haechi db status` shows. */
export interface AdvisoryDatabaseDescription extends AdvisoryDatabaseInfo {
  /** Absolute path of the folder. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly formatVersion: number;
  /** With what each shard holds, where it came from, and its licence. */
  readonly shards: readonly ShardEntry[];
  /** Where the whole was fetched from, and why it was trusted; absent when it was made here. */
  readonly origin?: OriginNote;
  /** True when the content was read and has the digest that the file says; false when nobody looked. */
  readonly isVerified: boolean;
}

/** Describes a database folder; with `verify` it reads all of it. Throws as {@link openAdvisoryDatabase} does. */
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
    shards: database.shards,
    ...(database.origin === undefined ? {} : { origin: database.origin }),
    isVerified: options.verify === true,
  };
}
