// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { chooseSchema, createSchemas, type PolicyObject, placesOf, type Schemas } from "./choose-schema.ts";
import { COMPATIBLE_SPELLINGS } from "./compatible-schema.ts";
import type { PolicyProblem } from "./errors.ts";
import { findDoubts } from "./find-doubts.ts";
import type { PolicyDocument } from "./policy-document.ts";
import type { PolicyException } from "./policy-exception.ts";
import { renderPath } from "./render-path.ts";
import type { ConditionCheck } from "./trust-schema.ts";

/** What one object of the API server says, or what is wrong with it. */
export type ParsedPolicyObject =
  | {
      /** One of the two is there. */
      readonly document?: PolicyDocument;
      readonly exception?: PolicyException;
      readonly warnings: readonly PolicyProblem[];
    }
  | {
      readonly problems: readonly PolicyProblem[];
      /**
       * Stands for a policy that is in force and cannot be read (`PolicyDocument.problem`): put it among the documents,
       * or the images of its level would be judged as if it were not there. Absent for anything else than a policy.
       */
      readonly broken?: PolicyDocument;
    };

/**
 * Reads one policy or exception as the API server gives it. `origin` names the object in problems, e.g.
 * `ImagePolicy team/main`. Never throws. What a policy file refuses is a problem here, too: unknown fields above all.
 */
export function parsePolicyObject(
  object: unknown,
  origin: string,
  options: { readonly checkCondition?: ConditionCheck } = {},
): ParsedPolicyObject {
  const schemas = options.checkCondition === undefined ? PLAIN : createSchemas(options.checkCondition);
  const read = readObject(object, schemas);
  const place = { origin, document: 1 };
  if ("places" in read) {
    const problems = read.places
      .slice(0, LIMITS.maxProblems)
      .map(({ path, message }) => ({ ...place, path: renderPath(path), message }));
    const broken = brokenDocument(object, problems);
    return { problems, ...(broken === undefined ? {} : { broken }) };
  }
  if ("secret" in read) {
    return { problems: [{ ...place, path: "kind", message: "expected a policy or an exception; found a Secret" }] };
  }
  return "exception" in read
    ? { ...read, warnings: [] }
    : {
        ...read,
        warnings: findDoubts(read.document, object)
          .slice(0, LIMITS.maxProblems)
          .map(({ path, message }) => ({ ...place, path: renderPath(path), message })),
      };
}

type Place = ReturnType<typeof placesOf>[number];

const PLAIN: Schemas = createSchemas(undefined);

function readObject(object: unknown, schemas: Schemas): PolicyObject | { readonly places: readonly Place[] } {
  const chosen = chooseSchema(object, schemas);
  if ("message" in chosen) {
    return { places: [{ path: [], message: chosen.message }] };
  }
  try {
    const result = chosen.schema.safeParse(object);
    return result.success ? result.data : { places: result.error.issues.flatMap(placesOf) };
  } catch (error) {
    // A value within a value without end reaches the bottom of the stack.
    if (error instanceof RangeError) {
      return { places: [{ path: [], message: "nested too deeply" }] };
    }
    throw error;
  }
}

/** As much of a policy as says where it applies. */
function brokenDocument(object: unknown, problems: readonly PolicyProblem[]): PolicyDocument | undefined {
  const { apiVersion, kind, metadata, spec } = fieldsOf(object);
  const { name, namespace } = fieldsOf(metadata);
  if (typeof name !== "string" || (kind !== "ImagePolicy" && kind !== "ClusterImagePolicy")) {
    return undefined;
  }
  const [first] = problems;
  const problem = [first?.path ?? "", first?.message ?? ""].filter((part) => part !== "").join(": ");
  const common = { name, repositories: [], problem };
  if (kind === "ImagePolicy") {
    return typeof namespace === "string" ? { kind, namespace, ...common } : undefined;
  }
  const isOlder = typeof apiVersion === "string" && Object.hasOwn(COMPATIBLE_SPELLINGS, apiVersion);
  // Anything but "no" counts: whoever wrote a word that is none meant something by it.
  const { mandatory = false } = fieldsOf(spec);
  return { kind, ...common, ...(mandatory === false || mandatory === null || isOlder ? {} : { mandatory: true }) };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
