// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Credentials, listCredentials } from "#http";
import type { PullAccess } from "../pull-access.ts";
import type { RemoteRepository } from "./remote-images.ts";

/** One way to ask a registry; without credentials: anonymously. */
export interface Candidate {
  /** Tells credentials apart without holding them. */
  readonly key: string;
  readonly credentials?: Credentials;
}

/** In the order in which they are tried, never empty. */
export interface Candidates {
  /** Of all of them together. */
  readonly key: string;
  readonly list: readonly Candidate[];
  /** {@link PullAccess.party} */
  readonly party?: string;
}

/** A Pod may name many Secrets; each refused one costs a request. */
const MAX_CANDIDATES = 8;
const ANONYMOUS: Candidate = { key: "anonymous" };

/** What an access has for a repository: its own secrets, those of the operator's file, and nothing at all at the end. */
export async function readCandidates(
  place: RemoteRepository,
  access: PullAccess,
  operatorFile: string | undefined,
): Promise<Candidates> {
  const [files, ofOperator] = await Promise.all([access.credentialFiles(), readOptional(operatorFile)]);
  const found = listCredentials([...files, ...ofOperator], place).slice(0, MAX_CANDIDATES);
  const list = [...found.map((credentials) => ({ key: hash(JSON.stringify(credentials)), credentials })), ANONYMOUS];
  const key = list.length === 1 ? ANONYMOUS.key : hash(list.map((each) => each.key).join(" "));
  return { key, list, ...(access.party === undefined ? {} : { party: access.party }) };
}

/** A file that is being replaced, or not there yet, must not keep images from being read that need none. */
async function readOptional(path: string | undefined): Promise<readonly string[]> {
  if (path === undefined) {
    return [];
  }
  try {
    return [await readFile(path, "utf8")];
  } catch {
    return [];
  }
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
