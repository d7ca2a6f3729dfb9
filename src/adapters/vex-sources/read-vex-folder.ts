// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { open, readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { LIMITS, messageOf } from "#base";
import { parseVex, type VexDocument } from "#suppressions";
import { VexSourceError } from "./errors.ts";
import { MAX_DOCUMENTS, parseHubIndex } from "./hub-index.ts";

/**
 * The VEX documents of a folder, sorted by path: of a hub those that its `index.json` lists (for the packages that are asked for, as
 * package URLs without version), else every `.json` file in it. Throws `VexSourceError`, and `SuppressionError` for a document that cannot be
 * used: one document that is left out in silence could be the one that takes another back.
 */
export async function readVexFolder(
  folder: string,
  packageUrls?: ReadonlySet<string>,
): Promise<readonly VexDocument[]> {
  const root = await realpath(folder).catch((error: unknown) => fail(folder, error));
  const index = await readFileIn(root, "index.json", folder);
  const isHub = index !== undefined && /"packages"\s*:/.test(index);
  const names = isHub ? placesOf(index, folder, packageUrls) : await listDocuments(root, folder);
  if (names.length > MAX_DOCUMENTS) {
    throw new VexSourceError("LIMIT_EXCEEDED", `${folder}: holds more than ${MAX_DOCUMENTS} documents`);
  }
  const documents: VexDocument[] = [];
  for (const name of names) {
    const text = await readFileIn(root, name, folder);
    if (text === undefined) {
      throw new VexSourceError("VEX_SOURCE_UNREADABLE", `${join(folder, name)}: is listed and not there`);
    }
    documents.push(parseVex(text, { name: join(folder, name) }));
  }
  return documents;
}

function placesOf(index: string, folder: string, packageUrls: ReadonlySet<string> | undefined): readonly string[] {
  const places = [...parseHubIndex(index, join(folder, "index.json"))];
  const wanted = places.flatMap(([url, paths]) => (packageUrls === undefined || packageUrls.has(url) ? paths : []));
  return [...new Set(wanted)].sort();
}

async function listDocuments(root: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: unknown) =>
    fail(folder, error),
  );
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((name) => !name.split(sep).some((part) => part.startsWith(".")))
    .sort();
}

/** `undefined` when there is no such file. A link that leads out of the folder is an error. */
async function readFileIn(root: string, name: string, folder: string): Promise<string | undefined> {
  const path = join(root, name);
  try {
    const real = await realpath(path);
    if (!real.startsWith(`${root}${sep}`)) {
      throw new VexSourceError("VEX_SOURCE_UNREADABLE", `${join(folder, name)}: leads out of the folder`);
    }
    await using file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
    const { size } = await file.stat();
    if (size > LIMITS.maxVexBytes) {
      throw new VexSourceError("LIMIT_EXCEEDED", `${join(folder, name)}: has more than ${LIMITS.maxVexBytes} bytes`);
    }
    return await file.readFile("utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return undefined;
    }
    return error instanceof VexSourceError ? fail(folder, error, error) : fail(join(folder, name), error);
  }
}

function fail(name: string, error: unknown, known?: VexSourceError): never {
  throw known ?? new VexSourceError("VEX_SOURCE_UNREADABLE", `${name}: ${messageOf(error)}`, { cause: error });
}
