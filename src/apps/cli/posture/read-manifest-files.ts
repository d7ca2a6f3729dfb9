// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { CodedError, compareText, LIMITS, messageOf } from "#base";
import { type ExposureObject, parseManifests, readExposureObject, type UnreadObjects } from "#exposure";
import type { CommandContext } from "../command.ts";
import { readSubjectFile } from "../scan/read-subject-file.ts";
import type { ReadObjects } from "./fetch-cluster-objects.ts";

const STANDARD_INPUT = "-";
const MANIFEST = /\.(?:ya?ml|json)$/i;
/** Files of all folders, and how deep they lie. */
const MAX_FILES = 10_000;
const MAX_DEPTH = 16;

/**
 * Reads manifests, or what `kubectl get -o yaml` wrote, from files, folders and standard input (`-`). What is no object, or has a field
 * of another type, is among `unread`. Objects without a namespace are of the given one. Throws for a file that cannot be had.
 */
export async function readManifestFiles(
  files: readonly string[],
  namespace: string | undefined,
  context: CommandContext,
): Promise<ReadObjects> {
  const objects: ExposureObject[] = [];
  const unread: UnreadObjects[] = [];
  for (const file of files.flatMap(filesOf)) {
    const text = await readText(file, context);
    const { objects: values, problems } = parseManifests(text);
    for (const value of values) {
      const read = readExposureObject(value, namespace);
      if (read === undefined) {
        continue;
      }
      if ("unread" in read) {
        unread.push(read.unread.name === undefined ? { ...read.unread, name: file } : read.unread);
      } else {
        objects.push(read.object);
      }
      if (objects.length > LIMITS.maxKubeObjects) {
        throw new CodedError("SOURCE_UNREADABLE", `more than ${LIMITS.maxKubeObjects} objects are not read`);
      }
    }
    // a document that is none may have been a Service as well as anything else
    unread.push(
      ...problems.map((detail): UnreadObjects => ({ kind: "Service", name: file, reason: "invalid", detail })),
    );
  }
  // a folder of Deployments alone shows no way to them, and says nothing about whether there is one
  const hasServices = objects.some(({ type }) => type === "service");
  const absent: readonly UnreadObjects[] = hasServices ? [] : [{ kind: "Service", reason: "absent" }];
  return { objects, unread: [...unread, ...absent] };
}

async function readText(file: string, context: CommandContext): Promise<string> {
  if (file === STANDARD_INPUT) {
    return await context.readStdin();
  }
  return (await readSubjectFile(file, LIMITS.maxObjectsJsonBytes)).toString("utf8");
}

/**
 * The file itself, or the manifests below a folder. Links are not followed: they lead anywhere, or in a circle. Hidden folders are not
 * read: `.git` and the like hold no manifests that somebody applies.
 */
function filesOf(path: string): readonly string[] {
  if (path === STANDARD_INPUT || !isFolder(path)) {
    return [path];
  }
  const found: string[] = [];
  const folders: (readonly [folder: string, depth: number])[] = [[path, 0]];
  for (let next = folders.shift(); next !== undefined; next = folders.shift()) {
    const [folder, depth] = next;
    for (const name of namesIn(folder)) {
      const inner = join(folder, name);
      const stats = lstatSync(inner);
      if (stats.isFile() && MANIFEST.test(name)) {
        found.push(inner);
      } else if (stats.isDirectory() && !name.startsWith(".")) {
        if (depth === MAX_DEPTH) {
          throw new CodedError("SOURCE_UNREADABLE", `${path} has folders that lie more than ${MAX_DEPTH} deep`);
        }
        folders.push([inner, depth + 1]);
      }
      if (found.length > MAX_FILES || folders.length > MAX_FILES) {
        throw new CodedError("SOURCE_UNREADABLE", `${path} has more than ${MAX_FILES} files or folders`);
      }
    }
  }
  return found.toSorted(compareText);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted(compareText);
  } catch (error) {
    throw new CodedError("SOURCE_UNREADABLE", `cannot read ${folder}: ${messageOf(error)}`, { cause: error });
  }
}

/** What is not there is told when it is read. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
