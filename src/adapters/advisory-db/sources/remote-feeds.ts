// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Limits } from "#base";
import { redactUrl } from "#base";
import type { EcosystemSelection } from "../ecosystem-selection.ts";
import { AdvisoryDatabaseError } from "../errors.ts";
import { createDispatcher, fetchToFile, type HttpOptions } from "./fetch-archive.ts";
import type { ReadingOptions } from "./file-feed.ts";
import { archiveFeed, plainFeed } from "./local-feeds.ts";
import { assertReadable } from "./packed-otherwise.ts";
import type { RecordFeed } from "./record-feed.ts";

/** What fetching needs beside the address. */
export interface RemoteOptions extends HttpOptions, ReadingOptions {
  /** Archives are kept here while they are read; zip directories are at their end, so they cannot be read in passing. */
  readonly temporaryFolder: string;
  readonly limits: ReadingOptions["limits"] & Pick<Limits, "maxAdvisoryArchiveBytes">;
  readonly onBytes?: (label: string, received: number, total: number | undefined) => void;
}

const FILE = /\.(?:zip|tar|tgz|tar\.(?:gz|zst)|(?:jsonl?|xml|csv)(?:\.gz|\.zst)?)$|\/json$|\/cves\/2\.0$/;

/**
 * The feeds of an address: a single file by its ending, else the base of an OSV bucket, of which
 * `<ecosystem>/all.zip` is fetched for each selected ecosystem.
 */
export async function* remoteFeeds(
  location: URL,
  selection: EcosystemSelection,
  options: RemoteOptions,
): AsyncGenerator<RecordFeed> {
  assertReadable(location.pathname, redactUrl(location));
  const isFile = FILE.test(location.pathname);
  if (!isFile && selection.names.length === 0) {
    throw new AdvisoryDatabaseError(
      "ADVISORY_ECOSYSTEM_REQUIRED",
      "an OSV bucket holds every ecosystem there is: name the ones that are wanted, such as npm and Debian",
    );
  }
  const folder = await mkdtemp(join(options.temporaryFolder, "fetch-"));
  const dispatcher = createDispatcher(options);
  try {
    const families = isFile ? [undefined] : selection.families;
    for (const [index, family] of families.entries()) {
      const url = family === undefined ? location : archiveUrl(location, family);
      const label = redactUrl(url);
      const extension = FILE.exec(url.pathname)?.[0].replaceAll("/", ".") ?? ".zip";
      const path = join(folder, `${index}${extension}`);
      await fetchToFile(url, path, {
        ...options,
        dispatcher,
        maxBytes: options.limits.maxAdvisoryArchiveBytes,
        onBytes: (received, total) => options.onBytes?.(label, received, total),
      });
      if (extension === ".zip") {
        yield* archiveFeed(path, { ...options, label, ...(family === undefined ? {} : { family }) });
      } else {
        yield await plainFeed(path, { ...options, label });
      }
      await rm(path, { force: true });
    }
  } finally {
    await dispatcher.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function archiveUrl(base: URL, family: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${encodeURIComponent(family)}/all.zip`;
  return url;
}
