// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { lexer, type Token, type Tokens } from "marked";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { validateXML } from "xmllint-wasm";

const FOLDER = fileURLToPath(new URL("testdata/", import.meta.url));

type AnyAjv = Ajv | Ajv2019 | Ajv2020;

function readSchema(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(`${FOLDER}${name}`, "utf8")) as Record<string, unknown>;
}

function problemsBy(ajv: AnyAjv, schema: object, text: string): readonly string[] {
  // its types are those of a CommonJS module
  (addFormats as unknown as (ajv: AnyAjv) => void)(ajv);
  const validate = ajv.compile(schema);
  return validate(JSON.parse(text))
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}

/** What the official schema says is wrong; empty when nothing is. */
export function sarifProblems(text: string): readonly string[] {
  const { id: _id, $schema: _draft, ...schema } = readSchema("sarif-2.1.0.schema.json");
  return problemsBy(new Ajv({ strict: false, allErrors: true, unicodeRegExp: false }), schema, text);
}

/** The same for SPDX 2.3. */
export function spdxProblems(text: string): readonly string[] {
  return problemsBy(new Ajv2019({ strict: false, allErrors: true }), readSchema("spdx-2.3.schema.json"), text);
}

/** The same for OpenVEX 0.2.0. */
export function openVexProblems(text: string): readonly string[] {
  return problemsBy(new Ajv2020({ strict: false, allErrors: true }), readSchema("openvex-0.2.0.schema.json"), text);
}

/** The same for CSAF 2.0. Scores are not looked at: we write none, and FIRST's schemas for them are files of their own. */
export function csafProblems(text: string): readonly string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  for (const version of ["2.0", "3.0", "3.1"]) {
    ajv.addSchema({ $id: `https://www.first.org/cvss/cvss-v${version}.json` });
  }
  return problemsBy(ajv, readSchema("csaf-2.0.schema.json"), text);
}

/** The same for JUnit, by libxml2. */
export async function junitProblems(text: string): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: "report.xml", contents: text }],
    schema: [readFileSync(`${FOLDER}junit-10.xsd`, "utf8")],
  });
  return errors.map(({ message }) => message);
}

/** A JSON text by a JSON Schema of our own. */
export function jsonProblems(schema: object, text: string): readonly string[] {
  return problemsBy(new Ajv2020({ strict: false, allErrors: true }), schema, text);
}

/** A JSON report by the schema that is published with the documentation. */
export function scanReportProblems(text: string): readonly string[] {
  const schema = readFileSync(new URL("../../docs/reference/scan-report.schema.json", import.meta.url), "utf8");
  return jsonProblems(JSON.parse(schema) as object, text);
}

const VOID_ELEMENTS: ReadonlySet<string> = new Set(["meta", "br", "hr", "col", "wbr", "img"]);

type HtmlNode = DefaultTreeAdapterTypes.ChildNode;

/** What the HTML standard calls a parse error, and what a page that is mailed around must not do: run or load anything. */
export function htmlProblems(text: string): readonly string[] {
  const problems: string[] = [];
  const document = parse(text, {
    sourceCodeLocationInfo: true,
    onParseError: ({ code, startLine, startCol }) => problems.push(`${startLine}:${startCol}: ${code}`),
  });
  const ids = new Set<string>();
  function visit(nodes: readonly HtmlNode[]): void {
    for (const node of nodes) {
      if (!("tagName" in node)) {
        continue;
      }
      // the parser mends what is not nested as it should be, and its library does not call that an error; what stands nowhere is implied
      const { startOffset = 0, endTag } = node.sourceCodeLocation ?? {};
      const isWritten = text.startsWith(`<${node.tagName}`, startOffset);
      if (isWritten && endTag === undefined && !VOID_ELEMENTS.has(node.tagName)) {
        problems.push(`<${node.tagName}> is not closed`);
      }
      if (["script", "iframe", "object", "embed", "link", "base", "form"].includes(node.tagName)) {
        problems.push(`<${node.tagName}> in a report`);
      }
      for (const { name, value } of node.attrs) {
        if (name.startsWith("on") || name === "src" || (name === "href" && !/^(?:https?:\/\/|#)/.test(value))) {
          problems.push(`<${node.tagName} ${name}="${value}">`);
        }
        if (name === "id" && ids.has(value)) {
          problems.push(`the id ${value} occurs twice`);
        }
        ids.add(name === "id" ? value : "");
      }
      visit(node.childNodes);
    }
  }
  visit(document.childNodes);
  return problems;
}

/** What a renderer of GitHub's Markdown would show otherwise than meant: raw HTML, rows that fit no table, no heading at the top. */
export function markdownProblems(text: string): readonly string[] {
  const tokens = lexer(text, { gfm: true });
  const [first] = tokens;
  const problems: string[] = first?.type === "heading" && first["depth"] <= 2 ? [] : ["the first line is no heading"];
  function visit(all: readonly Token[]): void {
    for (const token of all) {
      if (token.type === "html") {
        problems.push(`raw HTML: ${token.raw.slice(0, 80)}`);
      } else if (token.type === "table") {
        const { header, rows, raw } = token as Tokens.Table;
        const lines = raw.trimEnd().split("\n");
        problems.push(...lines.filter((line) => cellsOf(line) !== header.length).map((line) => `cells: ${line}`));
        visit([...header, ...rows.flat()].flatMap((cell) => cell.tokens));
      } else if (token.type === "paragraph" && token.raw.startsWith("|")) {
        problems.push(`no table: ${token.raw.slice(0, 80)}`);
      }
      visit("tokens" in token ? (token.tokens ?? []) : []);
      visit(token.type === "list" ? (token as Tokens.List).items : []);
    }
  }
  visit(tokens);
  return problems;
}

/** Renderers drop what is more than the header has, and fill up what is less. */
function cellsOf(line: string): number {
  return line.replaceAll(/\\./g, "").split("|").length - 2;
}
