// SPDX-License-Identifier: Apache-2.0
import type { Limits } from "#base";
import type { Fields } from "../fields.ts";

interface MutablePackage {
  [key: string]: unknown;
  externalRefs: object[];
  checksums: object[];
  annotations: object[];
}

/** What a package is described by, in tag-value and in JSON. */
const PACKAGE_TAGS: Readonly<Record<string, string>> = {
  PackageName: "name",
  SPDXID: "SPDXID",
  PackageVersion: "versionInfo",
  PackageFileName: "packageFileName",
  PackageLicenseDeclared: "licenseDeclared",
  PackageSourceInfo: "sourceInfo",
};

/**
 * The document of an SPDX tag-value text in the form of the JSON schema, as far as packages need it (SPDX 2.3, chapters 6, 7, 10 and 12).
 * Never throws; lines that mean nothing here are passed over. Linear in the length of the text.
 */
export function parseTagValue(text: string, limits: Limits): Fields {
  const document: Record<string, unknown> = {};
  const packages: MutablePackage[] = [];
  const licenses: Record<string, unknown>[] = [];
  let current: MutablePackage | undefined;
  let annotation: Record<string, unknown> | undefined;
  let isInPackage = false;
  const byId = new Map<string, MutablePackage>();
  for (const [tag, value] of readTags(text)) {
    switch (tag) {
      case "SPDXVersion":
        document["spdxVersion"] = value;
        break;
      case "DocumentName":
        document["name"] = value;
        break;
      case "PackageName":
        current = { name: value, externalRefs: [], checksums: [], annotations: [] };
        isInPackage = true;
        if (packages.length <= 2 * limits.maxPackages) {
          packages.push(current);
        }
        break;
      case "FileName":
      case "SnippetSPDXID":
        isInPackage = false;
        break;
      case "ExternalRef": {
        const [, referenceType, referenceLocator] = value.split(" ").filter((part) => part !== "");
        current?.externalRefs.push({ referenceType, referenceLocator });
        break;
      }
      case "PackageChecksum": {
        const colon = value.indexOf(":");
        current?.checksums.push({
          algorithm: value.slice(0, Math.max(0, colon)),
          checksumValue: value.slice(colon + 1).trim(),
        });
        break;
      }
      case "LicenseID":
        isInPackage = false;
        licenses.push({ licenseId: value });
        break;
      case "ExtractedText": {
        const last = licenses.at(-1);
        if (last !== undefined) {
          last["extractedText"] = value;
        }
        break;
      }
      case "Annotator":
        annotation = { annotator: value };
        break;
      case "AnnotationComment":
        if (annotation !== undefined) {
          annotation["comment"] = value;
        }
        break;
      case "SPDXREF":
        if (annotation !== undefined) {
          byId.get(value)?.annotations.push(annotation);
        }
        break;
      default:
        if (isInPackage && current !== undefined && Object.hasOwn(PACKAGE_TAGS, tag)) {
          current[PACKAGE_TAGS[tag] ?? tag] = value;
          if (tag === "SPDXID") {
            byId.set(value, current);
          }
        }
    }
  }
  return { ...document, packages, hasExtractedLicensingInfos: licenses };
}

/** Pairs of tag and value; a value may span lines between `<text>` and `</text>`. */
function* readTags(text: string): Generator<readonly [tag: string, value: string]> {
  let at = 0;
  while (at < text.length) {
    const lineEnd = endOfLine(text, at);
    const line = text.slice(at, lineEnd);
    at = lineEnd + 1;
    const colon = line.indexOf(":");
    if (line.startsWith("#") || colon < 1) {
      continue;
    }
    const tag = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (!value.startsWith("<text>")) {
      yield [tag, value];
      continue;
    }
    const begin = lineEnd - line.length + line.indexOf("<text>") + "<text>".length;
    const end = text.indexOf("</text>", begin);
    if (end < 0) {
      // nothing that follows can be told from the text
      return;
    }
    yield [tag, text.slice(begin, end)];
    at = endOfLine(text, end) + 1;
  }
}

function endOfLine(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  return found < 0 ? text.length : found;
}
