// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
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
