// SPDX-License-Identifier: Apache-2.0
import { parseAdvisoryDocument } from "#advisories";
import { messageOf } from "#base";
import { createTarReader, OciError } from "#oci";
import { AdvisoryDatabaseError } from "../errors.ts";
import type { ReadingOptions, SourceFile } from "./file-feed.ts";
import { readSourceBytes } from "./read-source-bytes.ts";
import type { FeedItem, RecordFeed } from "./record-feed.ts";

/** Whether a name is that of a tar archive, packed or not. */
export function isTarName(name: string): boolean {
  return /\.(?:tar|tgz|tar\.gz|tar\.zst)$/.test(name);
}

/** The JSON documents of an archive, as vendors publish their CSAF and VEX. Names inside are shown and never used as paths. */
export function openTarFeed(file: SourceFile, options: ReadingOptions): RecordFeed {
  return { label: file.label, source: "osv", isWhole: true, items: () => tarItems(file, options) };
}

async function* tarItems({ path, label }: SourceFile, { limits }: ReadingOptions): AsyncGenerator<FeedItem> {
  let found: FeedItem[] = [];
  const reader = createTarReader({
    select: (entry) => {
      const isWanted = entry.kind === "file" && entry.path.endsWith(".json");
      if (isWanted && entry.size > limits.maxAdvisoryBytes) {
        found.push({
          origin: nameOf(entry.path),
          problem: `the record is larger than ${limits.maxAdvisoryBytes} bytes`,
        });
        return false;
      }
      return isWanted;
    },
    onFile: (entry, bytes) => {
      found.push({ origin: nameOf(entry.path), parsed: parseAdvisoryDocument(bytes, limits) });
    },
  });
  function nameOf(inside: string): string {
    return `${label}: ${inside.slice(0, 200).toWellFormed().replaceAll(/\p{C}/gu, "?")}`;
  }
  try {
    for await (const chunk of readSourceBytes(path, label, limits)) {
      reader.write(chunk);
      yield* found;
      found = [];
    }
    reader.end();
    yield* found;
  } catch (error) {
    if (error instanceof OciError) {
      throw new AdvisoryDatabaseError("ADVISORY_SOURCE_MALFORMED", `${label} is broken: ${messageOf(error)}`, {
        cause: error,
      });
    }
    throw error;
  }
}
