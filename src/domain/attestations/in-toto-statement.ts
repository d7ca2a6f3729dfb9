// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestAlgorithm, digestHex, LIMITS, type Limits, messageOf, quote } from "#base";
import { parseJsonDocument } from "#oci";
import { AttestationError } from "./errors.ts";

/** The DSSE payload type of an in-toto statement (in-toto attestation framework, "Envelope layer"). */
export const IN_TOTO_PAYLOAD_TYPE = "application/vnd.in-toto+json";

const STATEMENT_V1 = "https://in-toto.io/Statement/v1";
const STATEMENT_TYPES: ReadonlySet<string> = new Set(["https://in-toto.io/Statement/v0.1", STATEMENT_V1]);

const MAX_DIGESTS = 16;
const HEX = /^[0-9a-f]{2,512}$/;

/** What a statement is about: content named by digest. */
export interface InTotoSubject {
  readonly name?: string;
  /** Algorithm → lower-case hexadecimal. */
  readonly digest: Readonly<Record<string, string>>;
}

/** A statement of the in-toto attestation framework, version 0.1 or 1. */
export interface InTotoStatement {
  readonly _type: string;
  readonly subject: readonly [InTotoSubject, ...InTotoSubject[]];
  readonly predicateType: string;
  readonly predicate: unknown;
}

/** The statement in a DSSE payload whose signature was verified. Throws `STATEMENT_INVALID`, also for a key that occurs twice. */
export function parseStatement(
  payload: Uint8Array,
  limits: Pick<Limits, "maxAttestationBytes" | "maxDescriptors" | "maxFieldLength" | "maxJsonDepth"> = LIMITS,
): InTotoStatement {
  const value = parseDocument(payload, limits);
  if (!isObject(value)) {
    throw invalid("expected an object");
  }
  const { _type: type, predicateType, subject } = value;
  if (typeof type !== "string" || !STATEMENT_TYPES.has(type)) {
    throw invalid(`expected _type of an in-toto statement 0.1 or 1, found ${quote(type)}`);
  }
  if (typeof predicateType !== "string" || predicateType === "" || predicateType.length > limits.maxFieldLength) {
    throw invalid(`expected a predicateType, found ${quote(predicateType)}`);
  }
  if (!Array.isArray(subject) || subject.length > limits.maxDescriptors) {
    throw invalid(`expected a list of at most ${limits.maxDescriptors} subjects`);
  }
  const [first, ...rest] = subject.map((each: unknown) => parseSubject(each, limits));
  if (first === undefined) {
    throw invalid("expected at least one subject");
  }
  return { _type: type, subject: [first, ...rest], predicateType, predicate: value["predicate"] };
}

/** Whether one of the subjects is the content of that digest. Names prove nothing and are not looked at. */
export function isAbout(statement: InTotoStatement, digest: Digest): boolean {
  const algorithm = digestAlgorithm(digest);
  const hex = digestHex(digest);
  return statement.subject.some((each) => Object.hasOwn(each.digest, algorithm) && each.digest[algorithm] === hex);
}

/** The JSON text of a new statement (version 1) about one image, as it is signed; `name` is for people. */
export function renderStatement(about: {
  readonly name?: string;
  readonly digest: Digest;
  readonly predicateType: string;
  readonly predicate: unknown;
}): string {
  return JSON.stringify({
    _type: STATEMENT_V1,
    subject: [{ name: about.name, digest: { [digestAlgorithm(about.digest)]: digestHex(about.digest) } }],
    predicateType: about.predicateType,
    predicate: about.predicate,
  });
}

function parseDocument(payload: Uint8Array, limits: Pick<Limits, "maxAttestationBytes" | "maxJsonDepth">): unknown {
  try {
    return parseJsonDocument(payload, {
      maxBytes: limits.maxAttestationBytes,
      maxDepth: limits.maxJsonDepth,
      code: "MANIFEST_INVALID",
    });
  } catch (error) {
    throw new AttestationError("STATEMENT_INVALID", `statement cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function parseSubject(value: unknown, limits: Pick<Limits, "maxFieldLength">): InTotoSubject {
  const { name, digest } = isObject(value) ? value : {};
  if (name !== undefined && (typeof name !== "string" || name.length > limits.maxFieldLength)) {
    throw invalid("expected the name of a subject to be a text");
  }
  const entries = isObject(digest) ? Object.entries(digest) : [];
  if (entries.length === 0 || entries.length > MAX_DIGESTS) {
    throw invalid(`expected one to ${MAX_DIGESTS} digests of a subject`);
  }
  const digests: [string, string][] = [];
  for (const [algorithm, hex] of entries) {
    // gitCommit and others are hexadecimal too; text in another case would compare as another digest
    if (typeof hex !== "string" || !HEX.test(hex)) {
      throw invalid(`expected a digest in lower-case hexadecimal, found ${quote(hex)}`);
    }
    digests.push([algorithm, hex]);
  }
  return { ...(name === undefined ? {} : { name }), digest: Object.fromEntries(digests) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(message: string): AttestationError {
  return new AttestationError("STATEMENT_INVALID", message);
}
