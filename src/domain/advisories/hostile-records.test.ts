// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { assert, expect, it } from "vitest";
import { parseDebianTrackerPackage } from "./debian-tracker/parse-debian-tracker.ts";
import { detectFormat } from "./detect-format.ts";
import { parseAdvisoryDocument } from "./document.ts";
import { parseEndOfLife } from "./endoflife/parse-end-of-life.ts";
import { parseAlmaErratum } from "./errata/parse-alma-erratum.ts";
import { parseEpssLine } from "./exploitation/parse-epss-line.ts";
import { parseKevEntry } from "./exploitation/parse-kev-entry.ts";
import { parseKubernetesFeedItem } from "./kubernetes-feed/parse-kubernetes-feed-item.ts";
import type { ParsedRecords } from "./parsed-records.ts";
import { parseSecdb } from "./secdb/parse-secdb.ts";
import { createUpdateinfoReader } from "./updateinfo/updateinfo-reader.ts";

/** Keys that the parsers look for, so that values get deep into them. */
const KEYS = [
  ...[
    "id",
    "modified",
    "affected",
    "package",
    "ecosystem",
    "name",
    "ranges",
    "events",
    "introduced",
    "fixed",
    "versions",
  ],
  ...[
    "document",
    "category",
    "publisher",
    "namespace",
    "tracking",
    "product_tree",
    "branches",
    "product",
    "product_id",
  ],
  ...[
    "relationships",
    "full_product_name",
    "product_reference",
    "vulnerabilities",
    "cve",
    "product_status",
    "remediations",
  ],
  ...["@context", "statements", "vulnerability", "products", "@id", "status", "releases", "bookworm", "fixed_version"],
  ...["packages", "pkg", "secfixes", "distroversion", "0", "1.0-r0", "references", "type", "pkglist", "content_text"],
];
const WORDS = [
  ...[
    "CVE-2024-0001",
    "csaf_vex",
    "https://www.redhat.com",
    "https://openvex.dev/ns/v0.2.0",
    "security",
    "fixed",
    "npm",
  ],
  ...[
    "2024-01-01T00:00:00Z",
    "cpe:/o:redhat:enterprise_linux:9",
    "pkg:deb/ubuntu/a@1?distro=jammy",
    "v3.20",
    "resolved",
  ],
];

const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(fc.constantFrom(...WORDS), fc.string(), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS, "__proto__", "constructor", "toString"), tie("value"), { maxKeys: 6 }),
  ),
})).value;

const PARSERS: Readonly<Record<string, (value: unknown) => ParsedRecords | undefined>> = {
  document: (value) => parseAdvisoryDocument(value as object),
  "Debian tracker": (value) => parseDebianTrackerPackage("p", value),
  secdb: (value) => parseSecdb(value),
  "end of life": (value) => parseEndOfLife(value, "debian"),
  "AlmaLinux errata": (value) => parseAlmaErratum(value),
  KEV: (value) => parseKevEntry(value),
  "Kubernetes feed": (value) => parseKubernetesFeedItem(value),
};

it.each(Object.entries(PARSERS))(
  "%s: whatever a record holds, the parser answers with records or problems",
  (_, parse) => {
    fc.assert(
      fc.property(json, (value) => {
        const parsed = parse(value);
        expect(parsed === undefined || Array.isArray(parsed.problems)).toBe(true);
        for (const advisory of parsed?.advisories ?? []) {
          expect([typeof advisory.id, typeof advisory.packageName, typeof advisory.ecosystem]).toEqual([
            "string",
            "string",
            "string",
          ]);
          expect(/\p{Cc}/u.test(advisory.packageName + advisory.id + advisory.summary)).toBe(false);
        }
      }),
    );
  },
);

it("text that is no record is a problem", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseAdvisoryDocument(text).advisories ?? []).toEqual([]);
      expect(() => [parseEpssLine(text), detectFormat(text, text)]).not.toThrow();
    }),
  );
});

it("XML throws an Error or gives records, never anything else", () => {
  const pieces = [
    "<updates>",
    '<update type="security">',
    "<id>ALAS-1</id>",
    "</update>",
    "<a b='",
    "&amp;",
    "]]>",
    "<!--",
    "-->",
  ];
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 30 }), (parts) => {
      const reader = createUpdateinfoReader();
      try {
        for (const part of parts) {
          reader.write(part);
        }
        reader.end();
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
  );
});

it.each([
  { name: "spaces", text: " ".repeat(400_000) },
  { name: "digits and dashes", text: "1-".repeat(200_000) },
  { name: "CVE beginnings", text: "CVE-2024-".repeat(50_000) },
  { name: "CVSS beginnings", text: `CVSS:3.1/${"AV:N/".repeat(80_000)}` },
  { name: "quotes", text: '{"a":'.repeat(80_000) },
])("long lines of $name are refused, and nothing carries them on", ({ text }) => {
  const feed = { id: "CVE-2024-0001", content_text: `## Affected Versions\n- kubelet ${text}\n${text}` };
  const secdb = { distroversion: "v3.20", packages: [{ pkg: { name: text, secfixes: { [text]: [text] } } }] };
  const line = parseEpssLine(text);
  assert(line.kind === "score");
  for (const { advisories = [], problems } of [
    parseKubernetesFeedItem(feed),
    parseSecdb(secdb),
    line.records,
    parseAdvisoryDocument({ id: text, summary: text }),
  ]) {
    expect(advisories).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems).length).toBeLessThan(300);
  }
  expect(["document", undefined]).toContain(detectFormat("x", text));
});
