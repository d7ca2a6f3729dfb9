// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from "node:fs/promises";
import { LIMITS, messageOf } from "#base";
import {
  DEFAULT_REGISTRY_POLICIES,
  type ParsedPolicies,
  type PolicyDocument,
  PolicyError,
  parsePolicyDocuments,
} from "#policy";
import { PolicyFileError } from "./errors.ts";

/**
 * The documents, exceptions and Secrets of the files, in order; `defaults` (those of a registry) when no file is named. Throws
 * PolicyFileError, and PolicyError for bad documents, conditions of attestations included.
 */
export async function readPolicyFiles(
  files: readonly string[],
  defaults: readonly PolicyDocument[] = DEFAULT_REGISTRY_POLICIES,
): Promise<ParsedPolicies> {
  if (files.length === 0) {
    return { documents: defaults, secrets: [], exceptions: [], warnings: [] };
  }
  const parsed: ParsedPolicies[] = [];
  for (const file of files) {
    parsed.push(await parse(await readLimited(file), file));
  }
  assertNoTwins(
    "Secret",
    namedIn(parsed, files, ({ secrets }) => secrets),
  );
  assertNoTwins(
    "PolicyException",
    namedIn(parsed, files, ({ exceptions }) => exceptions),
  );
  return {
    documents: parsed.flatMap((each) => each.documents),
    secrets: parsed.flatMap((each) => each.secrets),
    exceptions: parsed.flatMap((each) => each.exceptions),
    warnings: parsed.flatMap((each) => each.warnings),
  };
}

interface Named {
  readonly namespace?: string;
  readonly name: string;
}

interface Found {
  readonly object: Named;
  readonly file: string;
}

function namedIn(
  parsed: readonly ParsedPolicies[],
  files: readonly string[],
  select: (each: ParsedPolicies) => readonly Named[],
): readonly Found[] {
  return parsed.flatMap((each, at) => select(each).map((object) => ({ object, file: files[at] ?? "" })));
}

/** Of two Secrets or exceptions of one name nobody could say which one counts; within a file the parser refuses them. */
function assertNoTwins(kind: string, found: readonly Found[]): void {
  const seen = new Map<string, string>();
  for (const { object, file } of found) {
    const name = `${object.namespace ?? ""}/${object.name}`;
    const first = seen.get(name);
    if (first !== undefined) {
      const message = `a second ${kind} of the name ${object.name}; the first is in ${first}`;
      throw new PolicyError([{ origin: file, document: 1, path: "metadata.name", message }]);
    }
    seen.set(name, file);
  }
}

/** The expression language is loaded only where a policy could use it: most do not, and a command line starts often. */
async function parse(bytes: Uint8Array, file: string): Promise<ParsedPolicies> {
  const parsed = parsePolicyDocuments(bytes, file);
  const hasConditions = parsed.documents.some((document) =>
    document.repositories.some((entry) =>
      (entry.policy?.attestations ?? []).some((each) => (each.conditions ?? []).length > 0),
    ),
  );
  if (!hasConditions) {
    return parsed;
  }
  const { compileConditions } = await import("#attestations");
  return parsePolicyDocuments(bytes, file, {
    checkCondition(condition) {
      try {
        compileConditions([condition]);
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    },
  });
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
