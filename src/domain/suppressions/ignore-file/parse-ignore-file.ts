// SPDX-License-Identifier: Apache-2.0
import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";
import { LIMITS, messageOf, quote } from "#base";
import type { Finding, SuppressionStatement } from "#findings";
import { SuppressionError } from "../errors.ts";
import { toStatedPackage } from "../stated-product.ts";
import { IgnoreFileProblems, renderIgnoreFileProblem } from "./ignore-file-problem.ts";
import { readUntil } from "./read-until.ts";

const KINDS: readonly Finding["kind"][] = ["vulnerability", "secret", "configuration", "license", "malware"];
const FIELDS: readonly string[] = ["id", "kind", "package", "path", "reason", "until", "permanent"];
const MAX_TEXT_LENGTH = 4_096;
/** More than these are not told at once. */
const MAX_PROBLEMS = 50;

/** Where entries of an ignore file stand in its text. */
type Place = (node: unknown) => string;

/**
 * The entries of a `.haechiignore.yaml`, in the order of the file: a list under `ignore`, each with what it is about (`id`, `package`, `path`), a
 * `reason`, and a day `until` which it holds (or `permanent: true`). Throws `IGNORE_FILE_INVALID` with every problem and its line: a file
 * that is half understood would hide too much or too little. The name is how people find the file again. Only a file that whoever scans
 * names may be given here, never one out of the image: it would acquit itself.
 */
export function parseIgnoreFile(text: string, name: string): readonly SuppressionStatement[] {
  if (text.length > LIMITS.maxPolicyBytes) {
    throw new SuppressionError("LIMIT_EXCEEDED", `${name}: has more than ${LIMITS.maxPolicyBytes} bytes`);
  }
  const lines = new LineCounter();
  const problems = new IgnoreFileProblems();
  function place(node: unknown): string {
    const offset = (node as Node | null | undefined)?.range?.[0];
    return offset === undefined ? name : `${name}:${lines.linePos(offset).line}`;
  }
  const root = readRoot(text, lines, problems, name);
  if (problems.count === 0 && root !== undefined) {
    const statements = readEntries(root, place, problems);
    if (problems.count === 0) {
      return statements;
    }
  }
  if (problems.count > 0) {
    const shown = problems.all.slice(0, MAX_PROBLEMS);
    throw new SuppressionError("IGNORE_FILE_INVALID", shown.map(renderIgnoreFileProblem).join("\n"), {
      details: { problems: shown },
    });
  }
  return [];
}

function readRoot(text: string, lines: LineCounter, problems: IgnoreFileProblems, name: string): Node | undefined {
  try {
    const documents = [
      ...parseAllDocuments(text, {
        lineCounter: lines,
        // of two `id:` keys one would win in silence
        uniqueKeys: true,
        merge: false,
        customTags: [],
        schema: "core",
        prettyErrors: false,
        logLevel: "error",
      }),
    ];
    const [document] = documents;
    for (const fault of documents.flatMap((each) => [...each.errors, ...each.warnings])) {
      problems.add(`${name}:${lines.linePos(fault.pos[0]).line}`, "yaml", { what: fault.message });
    }
    if (documents.length > 1) {
      problems.add(name, "documents", { count: String(documents.length) });
    }
    return document?.contents ?? undefined;
  } catch (error) {
    // the parser recurses: nesting without end reaches the bottom of the stack as a RangeError
    if (error instanceof RangeError) {
      problems.add(name, "depth");
    } else {
      problems.add(name, "notYaml", { what: messageOf(error) });
    }
    return undefined;
  }
}

function readEntries(root: Node, place: Place, problems: IgnoreFileProblems): readonly SuppressionStatement[] {
  if (!isMap(root)) {
    problems.add(place(root), "root");
    return [];
  }
  const statements: SuppressionStatement[] = [];
  for (const { key, value } of root.items) {
    const word = isScalar(key) ? key.value : undefined;
    if (word !== "ignore") {
      problems.add(place(key), "rootField", { field: quote(word) });
    } else if (isSeq(value)) {
      for (const item of value.items) {
        const statement = readEntry(item, place, problems);
        if (statement !== undefined) {
          statements.push(statement);
        }
      }
    } else if (!(isScalar(value) && value.value === null)) {
      problems.add(place(value), "list");
    }
  }
  return statements;
}

function readEntry(node: unknown, place: Place, problems: IgnoreFileProblems): SuppressionStatement | undefined {
  const where = place(node);
  const before = problems.count;
  const fields = readFields(node, where, place, problems);
  function text(field: string): string | undefined {
    const value = fields.get(field);
    if (value === undefined) {
      return undefined;
    }
    if (typeof value !== "string" || value.trim() === "" || value.length > MAX_TEXT_LENGTH) {
      problems.add(where, "text", { field });
      return undefined;
    }
    return value;
  }
  const id = text("id");
  const kind = text("kind");
  const packageText = text("package");
  const path = text("path");
  const reason = text("reason");
  const known = KINDS.find((each) => each === kind);
  const stated = packageText?.startsWith("pkg:") === true ? toStatedPackage(packageText) : undefined;
  if (![id, packageText, path].some((each) => each !== undefined)) {
    problems.add(where, "nothing");
  }
  if (!fields.has("reason")) {
    problems.add(where, "reason");
  }
  if (kind !== undefined && known === undefined) {
    problems.add(where, "kind", { kinds: KINDS.join(", ") });
  }
  if (packageText?.startsWith("pkg:") === true && stated === undefined) {
    problems.add(where, "packageUrl", { found: quote(packageText) });
  }
  if (packageText !== undefined && known !== undefined && known !== "vulnerability") {
    problems.add(where, "packageOf", { kind: known });
  }
  const until = readUntil(fields, where, problems);
  if (problems.count > before) {
    return undefined;
  }
  return {
    by: "ignoreFile",
    origin: where,
    ...(id === undefined ? {} : { ids: [id] }),
    ...kindsOf(known, id, packageText),
    status: "ignored",
    ...(reason === undefined ? {} : { justification: reason }),
    ...(until === undefined ? {} : { until }),
    ...(stated === undefined ? (packageText === undefined ? {} : { packageName: packageText }) : { package: stated }),
    ...(path === undefined ? {} : { path: path.replace(/^\/+/, "") }),
  };
}

/** Without a kind, an entry with an id is about whatever has that id; one without is about vulnerabilities. */
function kindsOf(
  kind: Finding["kind"] | undefined,
  id: string | undefined,
  packageText: string | undefined,
): Pick<SuppressionStatement, "kinds"> {
  if (kind !== undefined) {
    return { kinds: [kind] };
  }
  return id === undefined || packageText !== undefined ? { kinds: ["vulnerability"] } : {};
}

function readFields(
  node: unknown,
  where: string,
  place: Place,
  problems: IgnoreFileProblems,
): ReadonlyMap<string, unknown> {
  const fields = new Map<string, unknown>();
  if (!isMap(node)) {
    problems.add(where, "entry", { fields: FIELDS.join(", ") });
    return fields;
  }
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? key.value : undefined;
    if (typeof name !== "string" || !FIELDS.includes(name)) {
      problems.add(place(key), "field", { field: quote(name), fields: FIELDS.join(", ") });
    } else if (isScalar(value)) {
      fields.set(name, value.value);
    } else {
      problems.add(place(value ?? key), "single", { field: name });
      fields.set(name, "-");
    }
  }
  return fields;
}
