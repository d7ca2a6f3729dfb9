// SPDX-License-Identifier: Apache-2.0
import type { DatabaseSync } from "node:sqlite";
import { type Digest, DigestStream } from "#base";
import type { AdvisoryRow } from "./advisory-row.ts";

/** What the rows of a database add up to. */
export interface Content {
  readonly digest: Digest;
  /** The newest `modified`; empty without rows. */
  readonly newest: string;
  readonly advisories: number;
  readonly ecosystems: Readonly<Record<string, number>>;
}

/** Reads every row in the order of the key. Equal content gives an equal digest, however and when the file was built. */
export function readContent(database: DatabaseSync): Content {
  const digest = new DigestStream();
  const ecosystems: Record<string, number> = {};
  let newest = "";
  let advisories = 0;
  const rows = database
    .prepare("SELECT ecosystem, package, id, modified, body FROM advisories ORDER BY ecosystem, package, id")
    .iterate() as IterableIterator<unknown> as IterableIterator<AdvisoryRow>;
  let pending: string[] = [];
  for (const row of rows) {
    pending.push(JSON.stringify([row.ecosystem, row.package, row.id, row.modified, row.body]));
    if (pending.length === 256) {
      digest.update(Buffer.from(`${pending.join("\n")}\n`));
      pending = [];
    }
    ecosystems[row.ecosystem] = (ecosystems[row.ecosystem] ?? 0) + 1;
    advisories += 1;
    if (row.modified > newest) {
      newest = row.modified;
    }
  }
  digest.update(Buffer.from(pending.map((line) => `${line}\n`).join("")));
  return { digest: digest.digest(), newest, advisories, ecosystems };
}
