// SPDX-License-Identifier: Apache-2.0
import { realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RematchRequest, RemoteScan, ScanRequest } from "../scan-process/protocol.ts";

const PROJECT = fileURLToPath(new URL("../../../../", import.meta.url));

/** What the program itself consists of; not the whole folder, below which the data folder may lie. */
const PROGRAM_PARTS: readonly string[] = ["src/", "node_modules/", "package.json"];

/**
 * Node's arguments that leave a scan process nothing but reading the program, the advisories and the stored blobs (of an
 * image of another registry: the certificates of its authority; Node 24 does not limit the network): no
 * secret key, no writing (but to the cache of layers), no other programs, no threads, no native add-ons. A second wall behind parsers in a language
 * without memory errors.
 */
export function scanPermissions(request: ScanRequest | RematchRequest): readonly string[] {
  const cache = "layerCache" in request ? request.layerCache : undefined;
  const readable = [
    ...PROGRAM_PARTS.map((part) => join(PROJECT, part)),
    // with the slash that means everything below
    ...("layoutDir" in request ? [join(request.layoutDir, "/")] : "options" in request ? filesOf(request) : []),
    request.advisoryFile,
    // the folder of the database, with everything below
    ...(statSync(request.advisoryFile, { throwIfNoEntry: false })?.isDirectory() === true
      ? [join(request.advisoryFile, "/")]
      : []),
  ].flatMap((path) => [path, withoutLinks(path)]);
  // the folder is there before, or links along its way could not be resolved
  const writable = cache === undefined ? [] : [cache.folder, withoutLinks(cache.folder)].map((path) => join(path, "/"));
  return [
    "--permission",
    ...new Set([...readable, ...writable].map((path) => `--allow-fs-read=${path}`)),
    ...new Set(writable.map((path) => `--allow-fs-write=${path}`)),
  ];
}

/** Of an image of another registry: the certificates that it is trusted by. */
function filesOf({ options }: RemoteScan): readonly string[] {
  return options.caFile === undefined ? [] : [options.caFile];
}

/** Node checks a path as it is asked for and, where it resolves links, also what they lead to. */
function withoutLinks(path: string): string {
  return path.endsWith("/") ? join(realpathSync(path), "/") : realpathSync(path);
}
