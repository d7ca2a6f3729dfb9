// SPDX-License-Identifier: Apache-2.0
import { type Document, LineCounter, parseAllDocuments, type YAMLError } from "yaml";
import type { z } from "zod";
import { LIMITS, messageOf } from "#base";
import { PolicyError, type PolicyProblem } from "./errors.ts";
import { POLICY_API_VERSION, type PolicyDocument } from "./policy-document.ts";
import { policyDocumentSchema, unknownKeyMessage } from "./policy-schema.ts";

/** Nodes that aliases may stand for in one document: enough to share a block of checks, too few for a bomb. */
const MAX_ALIASES = 100;

/** A document, nothing for an empty one, or what is wrong with it. */
type ParsedDocument =
  | { readonly document: PolicyDocument | undefined }
  | { readonly problems: readonly PolicyProblem[] };

type Place = Pick<PolicyProblem, "origin" | "document">;

/**
 * The policy documents of a YAML (or JSON) text, in order. Throws {@link PolicyError} that lists every problem at once;
 * a text without any document is a problem too. Unknown fields are refused, because a check that was misspelt would
 * silently be off. `origin` names the text in problems; `maxBytes` defaults to `LIMITS.maxPolicyBytes`.
 */
export function parsePolicyDocuments(
  text: string | Uint8Array,
  origin: string,
  maxBytes: number = LIMITS.maxPolicyBytes,
): readonly PolicyDocument[] {
  const size = typeof text === "string" ? Buffer.byteLength(text) : text.length;
  if (size > maxBytes) {
    fail({ origin, document: 1 }, `larger than ${maxBytes} bytes`);
  }
  const lines = new LineCounter();
  const parsed = parseYaml(decode(text, origin), origin, lines);
  const documents: PolicyDocument[] = [];
  const problems: PolicyProblem[] = [];
  for (const [index, document] of parsed.entries()) {
    const place: Place = { origin, document: index + 1 };
    const result = parseOne(document, place, lines);
    if ("problems" in result) {
      problems.push(...result.problems);
    } else if (result.document !== undefined) {
      documents.push(result.document);
      problems.push(...duplicates(documents, result.document, place));
    }
  }
  if (problems.length === 0 && documents.length === 0) {
    problems.push({ origin, document: 1, path: "", message: "holds no policy document" });
  }
  if (problems.length > 0) {
    throw new PolicyError(problems.slice(0, LIMITS.maxProblems));
  }
  return documents;
}

function decode(text: string | Uint8Array, origin: string): string {
  if (typeof text === "string") {
    return text;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(text);
  } catch {
    return fail({ origin, document: 1 }, "not valid UTF-8");
  }
}

function parseYaml(text: string, origin: string, lines: LineCounter): readonly Document.Parsed[] {
  try {
    return [
      ...parseAllDocuments(text, {
        lineCounter: lines,
        // Of two `policy:` keys one would win in silence.
        uniqueKeys: true,
        strict: true,
        merge: false,
        customTags: [],
        schema: "core",
        logLevel: "error",
        prettyErrors: false,
      }),
    ];
  } catch (error) {
    // The parser recurses: nesting without end reaches the bottom of the stack as a RangeError.
    return fail(
      { origin, document: 1 },
      error instanceof RangeError ? "nested too deeply" : `not valid YAML: ${messageOf(error)}`,
    );
  }
}

function parseOne(document: Document.Parsed, place: Place, lines: LineCounter): ParsedDocument {
  const faults: readonly YAMLError[] = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const problems = faults.map((fault) => ({
      ...place,
      line: lines.linePos(fault.pos[0]).line,
      path: "",
      message: `not valid YAML: ${fault.message}`,
    }));
    return { problems };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    const message = error instanceof RangeError ? "nested too deeply" : `not valid YAML: ${messageOf(error)}`;
    return { problems: [{ ...place, path: "", message }] };
  }
  if (value === null) {
    return { document: undefined };
  }
  const foreign = foreignMessage(value);
  if (foreign !== undefined) {
    const line = lineOf(document, [], lines);
    return { problems: [{ ...place, ...(line === undefined ? {} : { line }), path: "", message: foreign }] };
  }
  const result = policyDocumentSchema.safeParse(value);
  return result.success
    ? { document: result.data }
    : { problems: result.error.issues.flatMap((issue) => problemsOf(issue, { document, place, lines })) };
}

function foreignMessage(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return "expected an object with apiVersion, kind, metadata and spec";
  }
  const { apiVersion, kind } = value as { readonly apiVersion?: unknown; readonly kind?: unknown };
  if (apiVersion !== POLICY_API_VERSION) {
    return `apiVersion ${quote(apiVersion)} is not supported by this version; expected ${POLICY_API_VERSION}`;
  }
  if (kind !== "ImagePolicy" && kind !== "ClusterImagePolicy") {
    return `kind ${quote(kind)} is not supported by this version; expected ImagePolicy or ClusterImagePolicy`;
  }
  return undefined;
}

function problemsOf(
  issue: z.core.$ZodIssue,
  {
    document,
    place,
    lines,
  }: { readonly document: Document.Parsed; readonly place: Place; readonly lines: LineCounter },
): readonly PolicyProblem[] {
  const keys = issue.path.filter((key) => typeof key !== "symbol");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => problemAt([...keys, key], unknownKeyMessage(key)));
  }
  return [problemAt(keys, issue.message)];

  function problemAt(path: readonly (string | number)[], message: string): PolicyProblem {
    const line = lineOf(document, path, lines);
    return { ...place, ...(line === undefined ? {} : { line }), path: renderPath(path), message };
  }
}

/** The line of the value at the path, or of the nearest thing around it that exists. */
function lineOf(document: Document.Parsed, path: readonly (string | number)[], lines: LineCounter): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    const start = (node as { readonly range?: readonly number[] | null } | null | undefined)?.range?.[0];
    if (start !== undefined) {
      return lines.linePos(start).line;
    }
  }
  return undefined;
}

function renderPath(path: readonly (string | number)[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${key.slice(0, 100)}`))
    .join("")
    .replace(/^\./, "");
}

function duplicates(
  documents: readonly PolicyDocument[],
  last: PolicyDocument,
  place: Place,
): readonly PolicyProblem[] {
  const same = documents.filter(
    (each) => each.kind === last.kind && each.name === last.name && each.namespace === last.namespace,
  );
  return same.length < 2
    ? []
    : [{ ...place, path: "metadata.name", message: `a second ${last.kind} of the name ${last.name}` }];
}

function quote(value: unknown): string {
  return typeof value === "string"
    ? JSON.stringify(value.slice(0, 100))
    : value === undefined
      ? "(none)"
      : typeof value;
}

function fail(place: Place, message: string): never {
  throw new PolicyError([{ ...place, path: "", message }]);
}
