// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf, LIMITS } from "#base";
import type { SuppressionStatement } from "#findings";
import { SuppressionError } from "./errors.ts";
import { parseVex } from "./parse-vex.ts";

const DIGEST = digestOf("image");
const PRODUCT = { "@id": "pkg:npm/lodash@4.17.20" };

function openVex(statement: object, more: object = {}): object {
  return {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.com/vex-1",
    author: "us",
    timestamp: "2024-01-01T00:00:00Z",
    version: 1,
    statements: [
      {
        vulnerability: { name: "CVE-2024-1", aliases: ["GHSA-1"] },
        products: [PRODUCT],
        status: "not_affected",
        justification: "vulnerable_code_not_present",
        ...statement,
      },
    ],
    ...more,
  };
}

function csaf(vulnerability: object, tree: object = {}): object {
  return {
    document: { category: "csaf_vex", csaf_version: "2.0", tracking: { current_release_date: "2024-01-01T00:00:00Z" } },
    product_tree: {
      branches: [
        {
          branches: [
            { product: { product_id: "P", product_identification_helper: { purl: "pkg:npm/lodash@4.17.20" } } },
          ],
        },
        { product: { product_id: "I", product_identification_helper: { purl: `pkg:oci/app@${DIGEST}` } } },
      ],
      full_product_names: [{ product_id: "U", name: "a product without an identifier" }],
      relationships: [
        {
          category: "default_component_of",
          product_reference: "P",
          relates_to_product_reference: "I",
          full_product_name: { product_id: "I:P", name: "P in I" },
        },
        {
          category: "default_component_of",
          product_reference: "P",
          relates_to_product_reference: "U",
          full_product_name: { product_id: "U:P", name: "P in U" },
        },
      ],
      product_groups: [{ group_id: "G", product_ids: ["P", "I:P"] }],
      ...tree,
    },
    vulnerabilities: [{ cve: "CVE-2024-1", ...vulnerability }],
  };
}

function cycloneDx(vulnerability: object, component?: object): object {
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    metadata: { timestamp: "2024-01-01T00:00:00Z", ...(component === undefined ? {} : { component }) },
    components: [{ "bom-ref": "a", components: [{ "bom-ref": "lodash", purl: "pkg:npm/lodash@4.17.20" }] }],
    vulnerabilities: [
      {
        id: "CVE-2024-1",
        references: [{ id: "GHSA-1", source: {} }],
        analysis: { state: "not_affected", justification: "code_not_reachable" },
        affects: [{ ref: "lodash" }],
        ...vulnerability,
      },
    ],
  };
}

function statementsOf(document: object, subject?: typeof DIGEST): readonly SuppressionStatement[] {
  return parseVex(JSON.stringify(document), { name: "v.json", ...(subject === undefined ? {} : { subject }) })
    .statements;
}

const LODASH = { kind: "package", package: { type: "npm", name: "lodash", version: "4.17.20" } };

describe("malformed VEX is an error that names the file", () => {
  it.each([
    { name: "no JSON", text: "{" },
    { name: "no object", text: "[]" },
    { name: "another kind of document", text: '{"statements":[]}' },
    { name: "not_affected without a reason", text: JSON.stringify(openVex({ justification: undefined })) },
    { name: "an unknown justification", text: JSON.stringify(openVex({ justification: "trust_me" })) },
    { name: "an unknown status", text: JSON.stringify(openVex({ status: "ok" })) },
    { name: "a status that every object has", text: JSON.stringify(openVex({ status: "constructor" })) },
    {
      name: "affected without an action",
      text: JSON.stringify(openVex({ status: "affected", justification: undefined })),
    },
    {
      name: "affected with a justification",
      text: JSON.stringify(openVex({ status: "affected", action_statement: "x" })),
    },
    { name: "fixed with a justification", text: JSON.stringify(openVex({ status: "fixed" })) },
    { name: "not_affected with an action", text: JSON.stringify(openVex({ action_statement: "x" })) },
    { name: "no product", text: JSON.stringify(openVex({ products: [] })) },
    { name: "a product without identifier", text: JSON.stringify(openVex({ products: [{}] })) },
    { name: "no vulnerability", text: JSON.stringify(openVex({ vulnerability: undefined })) },
    { name: "a time that is none", text: JSON.stringify(openVex({ timestamp: "yesterday" })) },
    { name: "no statements", text: JSON.stringify(openVex({}, { statements: undefined })) },
    { name: "statements that are no list", text: JSON.stringify(openVex({}, { statements: {} })) },
    { name: "no author", text: JSON.stringify(openVex({}, { author: undefined })) },
    { name: "no time at all", text: JSON.stringify(openVex({}, { timestamp: undefined })) },
    {
      name: "a CSAF product that is not in the tree",
      text: JSON.stringify(csaf({ product_status: { fixed: ["X"] } })),
    },
    { name: "CSAF without status", text: JSON.stringify(csaf({})) },
    { name: "a CSAF flag that is none", text: JSON.stringify(csaf({ product_status: {}, flags: [{ label: "x" }] })) },
    { name: "CSAF without ids", text: JSON.stringify(csaf({ cve: undefined, product_status: {} })) },
    { name: "CSAF of another version", text: JSON.stringify({ document: { csaf_version: "1.2" } }) },
    { name: "an unknown CycloneDX state", text: JSON.stringify(cycloneDx({ analysis: { state: "fine" } })) },
    {
      name: "an unknown CycloneDX justification",
      text: JSON.stringify(cycloneDx({ analysis: { state: "not_affected", justification: "x" } })),
    },
    { name: "CycloneDX that affects nothing", text: JSON.stringify(cycloneDx({ affects: [] })) },
  ])("$name", ({ text }) => {
    expect(() => parseVex(text, { name: "folder/v.json" })).toThrow(SuppressionError);
    expect(() => parseVex(text, { name: "folder/v.json" })).toThrow(/^folder\/v\.json: /);
  });

  it("bytes that are no UTF-8", () => {
    expect(() => parseVex(new Uint8Array([0x7b, 0xff, 0x7d]), { name: "v.json" })).toThrow(
      "v.json: the document is not JSON",
    );
  });

  it("deeply nested branches and components end neither the parser nor its stack", () => {
    let branch: object = { product: { product_id: "D", product_identification_helper: { purl: "pkg:npm/lodash" } } };
    let component: object = { "bom-ref": "deep", purl: "pkg:npm/lodash" };
    for (let depth = 0; depth < 2_000; depth += 1) {
      branch = { branches: [branch] };
      component = { components: [component] };
    }
    const [fixed] = statementsOf(csaf({ product_status: { fixed: ["D"] } }, { branches: [branch], relationships: [] }));
    expect(fixed?.products).toMatchObject([{ kind: "package" }]);
    const [statement] = statementsOf({ ...cycloneDx({ affects: [{ ref: "deep" }] }), components: [component] });
    expect(statement?.products).toMatchObject([{ kind: "package" }]);
  });

  it("answers mutated documents with statements or a SuppressionError", () => {
    const documents = [openVex({}), csaf({ product_status: { known_not_affected: ["P"] } }), cycloneDx({})].map(
      (each) => JSON.stringify(each),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...documents),
        fc.nat(1_500),
        fc.nat(8),
        fc.constantFrom('"', "{", "}", "[]", "null", "1", ""),
        (text, at, cut, insert) => {
          try {
            parseVex(text.slice(0, at) + insert + text.slice(at + cut), { name: "v.json" });
          } catch (error) {
            expect(error).toBeInstanceOf(SuppressionError);
          }
        },
      ),
    );
  });
});

describe("OpenVEX", () => {
  it("reads a statement", () => {
    expect(statementsOf(openVex({}))).toEqual([
      {
        by: "vex",
        origin: "v.json#1",
        ids: ["CVE-2024-1", "GHSA-1"],
        status: "notAffected",
        justification: "vulnerable_code_not_present",
        timestamp: "2024-01-01T00:00:00Z",
        products: [LODASH],
      },
    ]);
  });

  it("takes the statement's time before the document's, and the last update before both", () => {
    const [own] = statementsOf(
      openVex({ timestamp: "2024-03-01T00:00:00Z" }, { last_updated: "2024-02-01T00:00:00Z" }),
    );
    const [updated] = statementsOf(openVex({}, { last_updated: "2024-02-01T00:00:00Z" }));
    expect([own?.timestamp, updated?.timestamp]).toEqual(["2024-03-01T00:00:00Z", "2024-02-01T00:00:00Z"]);
  });

  it("reads version 0.0.1, where products and vulnerabilities are texts", () => {
    const [statement] = statementsOf(
      openVex({
        vulnerability: "CVE-2024-1",
        products: [`pkg:oci/app@${DIGEST}`],
        subcomponents: ["pkg:npm/lodash@4.17.20"],
      }),
    );
    expect(statement).toMatchObject({
      ids: ["CVE-2024-1"],
      products: [{ kind: "image", image: { digest: DIGEST }, parts: [LODASH.package] }],
    });
  });

  it.each([
    { name: "a digest", product: { "@id": DIGEST }, image: { digest: DIGEST } },
    { name: "a hash", product: { hashes: { "sha-256": DIGEST.slice(7) } }, image: { digest: DIGEST } },
    { name: "a reference with a digest", product: { "@id": `example.com/app@${DIGEST}` }, image: { digest: DIGEST } },
    {
      name: "a reference with a tag",
      product: { "@id": "example.com/app:1" },
      image: { repository: "example.com/app", tag: "1" },
    },
    { name: "a short reference", product: { "@id": "nginx" }, image: { repository: "docker.io/library/nginx" } },
    {
      name: "a package URL with an address",
      product: { "@id": "pkg:oci/app?repository_url=example.com/team/app&tag=1" },
      image: { repository: "example.com/team/app", tag: "1" },
    },
    {
      name: "a package URL among the identifiers",
      product: { "@id": "our app", identifiers: { purl: `pkg:oci/app@${DIGEST.replace(":", "%3A")}` } },
      image: { digest: DIGEST },
    },
  ])("recognises an image by $name", ({ product, image }) => {
    expect(statementsOf(openVex({ products: [product] }))[0]?.products).toEqual([{ kind: "image", image }]);
  });

  it.each([
    "https://example.com/products/1",
    "pkg:oci/app",
    "pkg:oci/app@1.0",
    "cpe:2.3:a:x:y:*:*:*:*:*:*:*:*",
    "Our App",
  ])("does not guess what %s is, and says so", (id) => {
    const { statements, unknownProducts } = parseVex(JSON.stringify(openVex({ products: [{ "@id": id }] })), {
      name: "v.json",
    });
    expect(statements[0]?.products).toEqual([{ kind: "unknown", id }]);
    expect(unknownProducts).toEqual([id]);
  });

  it("takes the image that a document is attached to for statements without product", () => {
    const document = openVex({ products: undefined, subcomponents: [{ "@id": "pkg:npm/lodash@4.17.20" }] });
    expect(statementsOf(document, DIGEST)[0]?.products).toEqual([
      { kind: "image", image: { digest: DIGEST }, parts: [LODASH.package] },
    ]);
  });
});

describe("CSAF", () => {
  it("reads statuses with flags, impacts and remediations, by product and by group", () => {
    const statements = statementsOf(
      csaf({
        ids: [{ system_name: "x", text: "GHSA-1" }],
        product_status: { known_not_affected: ["P", "I:P"], known_affected: ["I"], under_investigation: ["U"] },
        flags: [{ label: "component_not_present", group_ids: ["G"] }],
        remediations: [{ category: "vendor_fix", details: "upgrade", product_ids: ["I"] }],
      }),
    );
    expect(
      statements.map(({ status, justification, action, products }) => ({
        status,
        why: justification ?? action,
        products,
      })),
    ).toEqual([
      { status: "affected", why: "upgrade", products: [{ kind: "image", image: { digest: DIGEST } }] },
      { status: "underInvestigation", why: undefined, products: [{ kind: "unknown", id: "U" }] },
      {
        status: "notAffected",
        why: "component_not_present",
        products: [LODASH, { kind: "image", image: { digest: DIGEST }, parts: [LODASH.package] }],
      },
    ]);
    expect(statements[0]?.ids).toEqual(["CVE-2024-1", "GHSA-1"]);
  });

  it("does not clear a component everywhere that is cleared in a product nobody can recognise", () => {
    const [statement] = statementsOf(csaf({ product_status: { fixed: ["U:P"] } }));
    expect(statement?.products).toEqual([{ kind: "unknown", id: "U:P" }]);
  });

  it.each(["product_version", "product_version_range"])(
    "does not take a %s without a version for every version",
    (category) => {
      const branch = {
        category,
        name: "<4.0.0",
        product: { product_id: "R", product_identification_helper: { purl: "pkg:npm/lodash" } },
      };
      const [statement] = statementsOf(
        csaf(
          { product_status: { known_not_affected: ["R"] } },
          { branches: [{ branches: [branch] }], relationships: [] },
        ),
      );
      expect(statement?.products).toEqual([{ kind: "unknown", id: "R" }]);
    },
  );
});

describe("CycloneDX", () => {
  it.each([
    { name: "a document about nothing in particular", component: undefined, product: LODASH },
    {
      name: "a document about an image",
      component: { "bom-ref": "root", type: "container", purl: `pkg:oci/app@${DIGEST.replace(":", "%3A")}` },
      product: { kind: "image", image: { digest: DIGEST }, parts: [LODASH.package] },
    },
    {
      name: "a document about an image by its version",
      component: { "bom-ref": "root", type: "container", name: "app", version: DIGEST },
      product: { kind: "image", image: { digest: DIGEST }, parts: [LODASH.package] },
    },
    {
      name: "a document about a package",
      component: { "bom-ref": "root", type: "library", name: "app", purl: "pkg:npm/app@1.0.0" },
      product: { kind: "package", package: { type: "npm", name: "app", version: "1.0.0" }, parts: [LODASH.package] },
    },
    {
      name: "a document about something that nobody can recognise",
      component: { "bom-ref": "root", type: "application", name: "our app" },
      product: { kind: "unknown", id: "our app" },
    },
  ])("$name", ({ component, product }) => {
    expect(statementsOf(cycloneDx({}, component))).toMatchObject([
      {
        ids: ["CVE-2024-1", "GHSA-1"],
        status: "notAffected",
        justification: "code_not_reachable",
        products: [product],
      },
    ]);
  });

  it.each([
    { ref: "pkg:npm/lodash@4.17.20", product: LODASH },
    { ref: "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:npm/lodash@4.17.20", product: LODASH },
    { ref: "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg%3Anpm%2Flodash%404.17.20", product: LODASH },
    { ref: "nothing", product: { kind: "unknown", id: "nothing" } },
  ])("reads the reference $ref", ({ ref, product }) => {
    expect(statementsOf(cycloneDx({ affects: [{ ref }] }))[0]?.products).toEqual([product]);
  });

  it("takes the image that a document is attached to for a subject that nobody can recognise", () => {
    const product = { kind: "image", image: { digest: DIGEST }, parts: [LODASH.package] };
    const component = { "bom-ref": "root", type: "container", name: "app" };
    expect(statementsOf(cycloneDx({}, component), DIGEST)[0]?.products).toEqual([product]);
  });

  it("does not take a package whose version stands beside its package URL for every version", () => {
    const components = [{ "bom-ref": "lodash", purl: "pkg:npm/lodash", version: "4.17.20" }];
    expect(statementsOf({ ...cycloneDx({}), components })[0]?.products).toEqual([LODASH]);
  });

  it.each([
    { name: "a range", versions: [{ range: "vers:npm/<5", status: "unaffected" }], products: [] },
    { name: "an affected version", versions: [{ version: "4.17.20" }, null], products: [] },
    {
      name: "an unaffected version",
      versions: [
        { version: "4.17.20", status: "unaffected" },
        { version: "4.17.19", status: "affected" },
      ],
      products: [LODASH],
    },
  ])("clears of $name what is named as unaffected only", ({ versions, products }) => {
    const affects = [{ ref: "pkg:npm/lodash", versions }];
    expect(statementsOf(cycloneDx({ affects }))[0]?.products).toEqual(products);
  });

  it("is not about vulnerabilities that nobody analysed", () => {
    expect(statementsOf(cycloneDx({ analysis: undefined }))).toEqual([]);
  });
});

it("a document larger than the limit is not even parsed", () => {
  const text = `{}${" ".repeat(LIMITS.maxVexBytes - 1)}`;
  const tooLarge = expect.objectContaining({ code: "LIMIT_EXCEEDED" });
  expect(() => parseVex(text, { name: "x" })).toThrow(tooLarge);
  expect(() => parseVex(Buffer.from(text), { name: "x" })).toThrow(tooLarge);
  // one byte less is read, and found to be no such document
  expect(() => parseVex(text.slice(1), { name: "x" })).toThrow(expect.objectContaining({ code: "VEX_INVALID" }));
});
