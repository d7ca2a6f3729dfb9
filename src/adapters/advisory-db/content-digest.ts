// SPDX-License-Identifier: Apache-2.0
import type { DatabaseSync } from "node:sqlite";
import { type Digest, DigestStream } from "#base";
import type { StoredRecord } from "./stored-record.ts";

/** What the rows of a shard add up to. */
export interface ShardContent {
  readonly digest: Digest;
  /** The newest `modified`; empty without rows. */
  readonly newest: string;
  readonly records: number;
  /** Records of each scope. */
  readonly scopes: Readonly<Record<string, number>>;
}

/** Reads every row in the order of the key. Equal content gives an equal digest, however and when the file was written. */
export function readContent(database: DatabaseSync): ShardContent {
  const reading = contentSteps(database);
  for (;;) {
    const step = reading.next();
    if (step.done === true) {
      return step.value;
    }
  }
}

/** As {@link readContent}, but lets other work of the process through: a server goes on answering while a large shard is read. */
export async function readContentSteadily(database: DatabaseSync): Promise<ShardContent> {
  const reading = contentSteps(database);
  for (;;) {
    const step = reading.next();
    if (step.done === true) {
      return step.value;
    }
    await new Promise((resume) => {
      setImmediate(resume);
    });
  }
}

const ROWS_PER_STEP = 1_024;

function* contentSteps(database: DatabaseSync): Generator<undefined, ShardContent, undefined> {
  const digest = new DigestStream();
  const scopes = new Map<string, number>();
  let newest = "";
  let records = 0;
  const rows = database
    .prepare(
      "SELECT scope, name, id, source, variant, modified, body FROM records ORDER BY scope, name, id, source, variant",
    )
    .iterate() as IterableIterator<unknown> as IterableIterator<StoredRecord>;
  let pending: string[] = [];
  for (const row of rows) {
    pending.push(JSON.stringify([row.scope, row.name, row.id, row.source, row.variant, row.modified, row.body]));
    if (pending.length === 256) {
      digest.update(Buffer.from(`${pending.join("\n")}\n`));
      pending = [];
    }
    scopes.set(row.scope, (scopes.get(row.scope) ?? 0) + 1);
    records += 1;
    if (row.modified > newest) {
      newest = row.modified;
    }
    if (records % ROWS_PER_STEP === 0) {
      yield;
    }
  }
  digest.update(Buffer.from(pending.map((line) => `${line}\n`).join("")));
  return { digest: digest.digest(), newest, records, scopes: Object.fromEntries(scopes) };
}
