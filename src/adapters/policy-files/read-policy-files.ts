// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from "node:fs/promises";
import { LIMITS, messageOf } from "#base";
import { DEFAULT_POLICIES, type PolicyDocument, parsePolicyDocuments } from "#policy";
import { PolicyFileError } from "./errors.ts";

/** The documents of the files, in order; the default policy when no file is named. Throws PolicyFileError, and PolicyError for bad documents. */
export async function readPolicyFiles(files: readonly string[]): Promise<readonly PolicyDocument[]> {
  if (files.length === 0) {
    return DEFAULT_POLICIES;
  }
  const documents: PolicyDocument[] = [];
  for (const file of files) {
    documents.push(...parsePolicyDocuments(await readLimited(file), file));
  }
  return documents;
}

async function readLimited(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > LIMITS.maxPolicyBytes) {
      throw new Error(`larger than ${LIMITS.maxPolicyBytes} bytes`);
    }
    return await readFile(file);
  } catch (error) {
    throw new PolicyFileError("POLICY_FILE_UNREADABLE", `policy file ${file}: ${messageOf(error)}`, { cause: error });
  }
}
