// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { LIMITS } from "#base";
import type { SuppressionStatement } from "#findings";
import type { VexDocument } from "#suppressions";
import type { CommandContext, Invocation } from "../command.ts";
import { isHubAddress } from "./hub-address.ts";
import { readSubjectFile } from "./read-subject-file.ts";

/** Read without being named: it lies in the folder where somebody scans, never in what is scanned. */
const IGNORE_FILE = ".haechiignore.yaml";

/**
 * What clears findings: `--vex` (files, folders of .json files, hubs in folders) and `--ignore-file`, or `.haechiignore.yaml` in the working folder.
 * Says on stderr what ended or can mean no image. Throws `SuppressionError`, and for a file that cannot be read.
 */
export async function readStatements(
  invocation: Invocation,
  context: CommandContext,
): Promise<readonly SuppressionStatement[]> {
  const named = invocation.text("ignore-file");
  const [location = ""] = invocation.arguments;
  const ignoreFile = named ?? (await findIgnoreFile(location, context));
  const vex = invocation.list("vex").filter((each) => !isHubAddress(each));
  if (ignoreFile === undefined && vex.length === 0) {
    return [];
  }
  const { expiredStatements, parseIgnoreFile } = await import("#suppressions");
  const statements: SuppressionStatement[] = [];
  if (ignoreFile !== undefined) {
    const bytes = await readSubjectFile(ignoreFile, LIMITS.maxPolicyBytes);
    statements.push(...parseIgnoreFile(bytes.toString("utf8"), ignoreFile));
  }
  for (const { name, document } of (await Promise.all(vex.map(readDocuments))).flat()) {
    for (const each of document.statements) {
      statements.push(each);
    }
    if (document.unknownProducts.length > 0) {
      const products = document.unknownProducts.slice(0, 5).join(", ");
      context.stderr(
        `haechi: ${context.translate("cli.scan.vexUnknown", { name, products, count: document.unknownProducts.length })}\n`,
      );
    }
  }
  for (const { origin, until = "" } of expiredStatements(statements, context.now())) {
    context.stderr(`haechi: ${context.translate("cli.scan.statementEnded", { origin, until })}\n`);
  }
  return statements;
}

/** The documents at one value of `--vex`: of the file, or of a folder or hub in a folder. */
async function readDocuments(
  path: string,
): Promise<readonly { readonly name: string; readonly document: VexDocument }[]> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory() === true) {
    const { readVexFolder } = await import("#vex-sources");
    return (await readVexFolder(path)).map((document) => ({ name: path, document }));
  }
  const { parseVex } = await import("#suppressions");
  return [{ name: path, document: parseVex(await readSubjectFile(path, LIMITS.maxVexBytes), { name: path }) }];
}

/** An ignore file that nobody named must not come with what is scanned: an image does not acquit itself. */
async function findIgnoreFile(location: string, context: CommandContext): Promise<string | undefined> {
  if (!existsSync(resolve(IGNORE_FILE))) {
    return undefined;
  }
  const file = await realpath(resolve(IGNORE_FILE));
  for (const folder of foldersOf(location)) {
    const scanned = await realpath(folder).catch(() => undefined);
    if (scanned !== undefined && file.startsWith(scanned.endsWith(sep) ? scanned : `${scanned}${sep}`)) {
      context.stderr(`haechi: ${context.translate("cli.scan.ignoreFileInside", { name: IGNORE_FILE })}\n`);
      return undefined;
    }
  }
  return IGNORE_FILE;
}

/** The folders that a location can mean: a root file system, or a layout, behind whose folder a tag or digest may stand. */
function foldersOf(location: string): readonly string[] {
  const [, kind, path = ""] = /^(dir|oci):(.+)$/s.exec(location) ?? [];
  if (kind !== "oci") {
    return path === "" ? [] : [path];
  }
  return [path, path.replace(/@[^@]*$/, ""), path.replace(/:[^:/]*$/, "")];
}
