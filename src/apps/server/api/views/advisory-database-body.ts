// SPDX-License-Identifier: Apache-2.0
import type { AdvisoryDatabaseInfo } from "#advisories";
import type { AdvisoryDatabaseBody } from "../schemas/advisory-database.ts";

/** The advisory database as the API shows it. */
export function toAdvisoryDatabaseBody(info: AdvisoryDatabaseInfo): AdvisoryDatabaseBody {
  return {
    digest: info.digest,
    date: info.date,
    advisories: info.advisories,
    isBundled: info.isBundled,
    ecosystems: Object.entries(info.ecosystems).map(([name, advisories]) => ({ name, advisories })),
  };
}
