// SPDX-License-Identifier: Apache-2.0
import { type Document, LineCounter, parseAllDocuments, type YAMLError } from "yaml";
import type { z } from "zod";
import { LIMITS, messageOf } from "#base";
import { chooseSchema, createSchemas, placesOf, type Schemas } from "./choose-schema.ts";
import { PolicyError, type PolicyProblem } from "./errors.ts";
import { findDoubts } from "./find-doubts.ts";
import type { PolicyDocument } from "./policy-document.ts";
import type { PolicyException } from "./policy-exception.ts";
import type { PolicySecret } from "./policy-secret.ts";
import { renderPath } from "./render-path.ts";
import type { ConditionCheck } from "./trust-schema.ts";

/** Nodes that aliases may stand for in one document: enough to share a block of checks, too few for a bomb. */
const MAX_ALIASES = 100;

/** What a text holds. */
export interface ParsedPolicies {
  readonly documents: readonly PolicyDocument[];
  readonly secrets: readonly PolicySecret[];
  readonly exceptions: readonly PolicyException[];
  /** What is accepted and still not meant, such as `policies:` for `policy:` in an older spelling. */
  readonly warnings: readonly PolicyProblem[];
}

export interface PolicyParseOptions {
  /** Default `LIMITS.maxPolicyBytes`. */
  readonly maxBytes?: number;
  /** Compiles a condition of `attestations` (CEL) and says what is wrong with it; without, it is found when it is used. */
  readonly checkCondition?: ConditionCheck;
}

/** A document, exception or Secret, nothing for an empty one, or what is wrong with it. */
type ParsedDocument =
  | { readonly document: PolicyDocument; readonly warnings: readonly PolicyProblem[] }
  | { readonly exception: PolicyException }
  | { readonly secret: PolicySecret }
  | { readonly problems: readonly PolicyProblem[] }
  | undefined;

type Place = Pick<PolicyProblem, "origin" | "document">;

interface Source {
  readonly document: Document.Parsed;
  readonly place: Place;
  readonly lines: LineCounter;
}

/**
 * The policy documents and exceptions of a YAML (or JSON) text, in order, and the Secrets that stand beside them. Throws
 * {@link PolicyError} that lists every problem at once; a text without any of these is a problem too.
 * Unknown fields are refused, because a check that was misspelt would silently be off. `origin` names the text in problems.
 */
export function parsePolicyDocuments(
  text: string | Uint8Array,
  origin: string,
  options: PolicyParseOptions = {},
): ParsedPolicies {
  const size = typeof text === "string" ? Buffer.byteLength(text) : text.length;
  const maxBytes = options.maxBytes ?? LIMITS.maxPolicyBytes;
  if (size > maxBytes) {
    fail({ origin, document: 1 }, `larger than ${maxBytes} bytes`);
  }
  const lines = new LineCounter();
  const schemas = createSchemas(options.checkCondition);
  const documents: PolicyDocument[] = [];
  const secrets: PolicySecret[] = [];
  const exceptions: PolicyException[] = [];
  const warnings: PolicyProblem[] = [];
  const problems: PolicyProblem[] = [];
  for (const [index, document] of parseYaml(decode(text, origin), origin, lines).entries()) {
    const place: Place = { origin, document: index + 1 };
    const result = parseOne({ document, place, lines }, schemas);
    if (result === undefined) {
      continue;
    }
    if ("problems" in result) {
      problems.push(...result.problems);
    } else if ("secret" in result) {
      secrets.push(result.secret);
      problems.push(...duplicates(secrets, "Secret", place));
    } else if ("exception" in result) {
      exceptions.push(result.exception);
      problems.push(...duplicates(exceptions, "PolicyException", place));
    } else {
      documents.push(result.document);
      warnings.push(...result.warnings);
      problems.push(...duplicates(documents.filter(isLike(result.document)), result.document.kind, place));
    }
  }
  if (problems.length === 0 && documents.length + secrets.length + exceptions.length === 0) {
    problems.push({ origin, document: 1, path: "", message: "holds no policy document" });
  }
  if (problems.length > 0) {
    throw new PolicyError(problems.slice(0, LIMITS.maxProblems));
  }
  return { documents, secrets, exceptions, warnings: warnings.slice(0, LIMITS.maxProblems) };
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

function parseOne(source: Source, schemas: Schemas): ParsedDocument {
  const { document, place, lines } = source;
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
    return undefined;
  }
  const chosen = chooseSchema(value, schemas);
  if ("message" in chosen) {
    return { problems: [problemAt(source, [], chosen.message)] };
  }
  const result = chosen.schema.safeParse(value);
  if (!result.success) {
    return { problems: result.error.issues.flatMap((issue) => problemsOf(issue, source)) };
  }
  const parsed = result.data;
  return "document" in parsed
    ? {
        ...parsed,
        warnings: findDoubts(parsed.document, value).map(({ path, message }) => problemAt(source, path, message)),
      }
    : parsed;
}

function problemsOf(issue: z.core.$ZodIssue, source: Source): readonly PolicyProblem[] {
  return placesOf(issue).map(({ path, message }) => problemAt(source, path, message));
}

function problemAt(
  { document, place, lines }: Source,
  path: readonly (string | number)[],
  message: string,
): PolicyProblem {
  const line = lineOf(document, path, lines);
  return { ...place, ...(line === undefined ? {} : { line }), path: renderPath(path), message };
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

function isLike(last: PolicyDocument): (each: PolicyDocument) => boolean {
  return (each) => each.kind === last.kind;
}

function duplicates(
  objects: readonly { readonly name: string; readonly namespace?: string }[],
  kind: string,
  place: Place,
): readonly PolicyProblem[] {
  const last = objects.at(-1);
  const same = objects.filter((each) => each.name === last?.name && each.namespace === last.namespace);
  return same.length < 2
    ? []
    : [{ ...place, path: "metadata.name", message: `a second ${kind} of the name ${last?.name ?? ""}` }];
}

function fail(place: Place, message: string): never {
  throw new PolicyError([{ ...place, path: "", message }]);
}
