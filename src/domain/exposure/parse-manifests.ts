// SPDX-License-Identifier: Apache-2.0
import { isCollection, isMap, isScalar, parseAllDocuments } from "yaml";
import { LIMITS, messageOf } from "#base";

/** The objects that a text holds, and what in it is none. */
export interface ParsedManifests {
  /** As they came; lists are taken apart. */
  readonly objects: readonly unknown[];
  /** For people; what cannot be read says nothing, and nobody can tell what it would have said. */
  readonly problems: readonly string[];
}

/** Nodes that aliases may stand for: enough to share a block, too few for a bomb. */
const MAX_ALIASES = 100;
/** Lists within lists. */
const MAX_DEPTH = 4;
const MAX_MESSAGE = 200;

/**
 * The objects of a text in YAML or JSON, as `kubectl get -o yaml` and manifests have them: documents, and lists of any kind. Never
 * throws: a document that cannot be read is a problem, and the others are read.
 */
export function parseManifests(
  text: string,
  limits: Pick<typeof LIMITS, "maxObjectsYamlBytes" | "maxObjectsJsonBytes" | "maxKubeObjects"> = LIMITS,
): ParsedManifests {
  const size = Buffer.byteLength(text);
  const isJson = /^\s*[{[]/.test(text);
  if (size > limits.maxObjectsJsonBytes) {
    return { objects: [], problems: [`larger than ${limits.maxObjectsJsonBytes} bytes`] };
  }
  const json = isJson ? parseJson(text) : undefined;
  if (json === undefined && size > limits.maxObjectsYamlBytes) {
    return { objects: [], problems: [`YAML larger than ${limits.maxObjectsYamlBytes} bytes; JSON may be larger`] };
  }
  const { values, problems } = json ?? parseYaml(text);
  const objects: unknown[] = [];
  const isWhole = values.every((value) => addObjects(value, objects, limits.maxKubeObjects, 0));
  return {
    objects,
    problems: isWhole ? problems : [...problems, `more than ${limits.maxKubeObjects} objects, or lists within lists`],
  };
}

interface Values {
  readonly values: readonly unknown[];
  readonly problems: readonly string[];
}

function parseJson(text: string): Values | undefined {
  try {
    return { values: [JSON.parse(text) as unknown], problems: [] };
  } catch {
    // a flow mapping of YAML begins alike
    return undefined;
  }
}

function parseYaml(text: string): Values {
  if (isNestedTooDeeply(text)) {
    return { values: [], problems: ["nested too deeply"] };
  }
  const values: unknown[] = [];
  const problems: string[] = [];
  try {
    const documents = parseAllDocuments(text, {
      // its own check compares each key with each, which 20,000 keys of one mapping turn into minutes
      uniqueKeys: false,
      strict: true,
      merge: false,
      customTags: [],
      schema: "core",
      logLevel: "error",
      prettyErrors: false,
    });
    for (const [at, document] of [...documents].entries()) {
      const [fault] = [...document.errors, ...document.warnings];
      const problem =
        fault?.message ??
        (hasTwinKeys(document.contents) ? "a key occurs twice in one mapping" : valueOf(document, values));
      if (problem !== undefined && problems.length < LIMITS.maxProblems) {
        problems.push(`document ${at + 1} is not valid YAML: ${problem.slice(0, MAX_MESSAGE)}`);
      }
    }
  } catch (error) {
    // The parser recurses: nesting without end reaches the bottom of the stack as a RangeError.
    problems.push(error instanceof RangeError ? "nested too deeply" : messageOf(error).slice(0, MAX_MESSAGE));
  }
  return { values, problems };
}

/** The parser needs the square of the depth; a text whose brackets or dashes go on opening is refused before. */
function isNestedTooDeeply(text: string): boolean {
  let open = 0;
  let dashes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    open += code === OPEN_LIST || code === OPEN_MAP ? 1 : code === CLOSE_LIST || code === CLOSE_MAP ? -1 : 0;
    dashes = code === NEW_LINE ? 0 : dashes + (isIndicator(code) && text.charCodeAt(at + 1) === SPACE ? 1 : 0);
    if (open > MAX_BRACKETS || dashes > MAX_NESTING) {
      return true;
    }
    open = open < 0 ? 0 : open;
  }
  return false;
}

function isIndicator(code: number): boolean {
  return code === DASH || code === QUESTION_MARK;
}

/** In the place of what is empty, so that the walk does not end there. */
const NOTHING = {};
const MAX_NESTING = 1_000;
/** Scripts in ConfigMaps have some that nothing closes, such as those of colours. */
const MAX_BRACKETS = 20_000;
const NEW_LINE = 0x0a;
const SPACE = 0x20;
const DASH = 0x2d;
const QUESTION_MARK = 0x3f;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/** Of two `spec` keys one would win in silence. Without recursion, and each node once: aliases are not followed. */
function hasTwinKeys(root: unknown): boolean {
  const left: unknown[] = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (isMap(node)) {
      const keys = new Set(node.items.map(({ key }) => (isScalar(key) ? key.value : key)));
      if (keys.size < node.items.length) {
        return true;
      }
      for (const { key, value } of node.items) {
        left.push(key ?? NOTHING, value ?? NOTHING);
      }
    } else if (isCollection(node)) {
      for (const item of node.items) {
        left.push(item ?? NOTHING);
      }
    }
  }
  return false;
}

/** Adds the value of a document, or says what is wrong with it. */
function valueOf(
  document: { toJS(options: { readonly maxAliasCount: number }): unknown },
  values: unknown[],
): string | undefined {
  try {
    const value = document.toJS({ maxAliasCount: MAX_ALIASES });
    // between two `---` there may be nothing
    if (value !== null && value !== undefined) {
      values.push(value);
    }
    return undefined;
  } catch (error) {
    return error instanceof RangeError ? "nested too deeply" : messageOf(error);
  }
}

/** False when there is more than is taken. */
function addObjects(value: unknown, objects: unknown[], max: number, depth: number): boolean {
  const items = itemsOf(value);
  if (items === undefined) {
    objects.push(value);
    return objects.length <= max;
  }
  return depth < MAX_DEPTH && items.every((item) => addObjects(item, objects, max, depth + 1));
}

/** The elements of a list; those of built-in kinds in a list of their kind do not say what they are. */
function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) {
    return value as readonly unknown[];
  }
  const { kind, apiVersion, items } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof kind !== "string" || !kind.endsWith("List") || !(Array.isArray(items) || items === null)) {
    return undefined;
  }
  const own = kind === "List" ? {} : { apiVersion, kind: kind.slice(0, -"List".length) };
  return ((items ?? []) as readonly unknown[]).map((item) =>
    typeof item === "object" && item !== null && !Array.isArray(item) ? { ...own, ...item } : item,
  );
}
