// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf, LIMITS } from "#base";
import { renderCycloneDx, renderSpdx, type ScanOutcome } from "#report";
import { rounds } from "../../../test/support/rounds.ts";
import { BAD_OUTCOME, FULL_OUTCOME, HOSTILE_OUTCOME, UNKNOWN_OUTCOME } from "../../../test/support/scan-outcomes.ts";
import { SbomError } from "./errors.ts";
import { parseSbom } from "./parse-sbom.ts";
import type { Sbom } from "./sbom-image.ts";

function parse(document: unknown): Sbom {
  return parseSbom(Buffer.from(typeof document === "string" ? document : JSON.stringify(document)));
}

const OPTIONS = { toolVersion: "0.1.0" };
const FORMATS = [
  { format: "CycloneDX", render: (outcome: ScanOutcome) => renderCycloneDx(outcome, OPTIONS) },
  { format: "SPDX", render: (outcome: ScanOutcome) => renderSpdx(outcome, OPTIONS) },
];
const SEVERAL: ScanOutcome = {
  ...BAD_OUTCOME,
  reports: [
    ...FULL_OUTCOME.reports,
    ...UNKNOWN_OUTCOME.reports.slice(0, 1).map((report) => ({
      ...report,
      image: {
        ...report.image,
        digest: digestOf("other"),
        platform: { os: "linux", architecture: "arm64", variant: "v8" },
      },
    })),
  ],
};

describe.each(FORMATS)("our own document in $format", ({ render }) => {
  it.each([
    { name: "findings", outcome: BAD_OUTCOME },
    { name: "everything", outcome: FULL_OUTCOME },
    { name: "problems", outcome: UNKNOWN_OUTCOME },
    { name: "several platforms", outcome: SEVERAL },
    { name: "hostile findings", outcome: HOSTILE_OUTCOME },
  ])("$name: gives the image and the packages that it was made of", ({ outcome }) => {
    const { images } = parse(render(outcome));
    expect(images.length).toBe(outcome.reports.length);
    for (const { image, inventory } of outcome.reports) {
      const read = images.find((each) => each.image.digest === image.digest);
      expect(read?.image).toEqual(image);
      expect(read?.inventory.status).toBe(inventory.status);
      expect(read?.inventory.distribution).toEqual(inventory.distribution);
      expect(read?.inventory.problems).toEqual(inventory.problems);
      expect(sorted(read?.inventory.packages)).toEqual(sorted(inventory.packages));
    }
  });

  it("does not claim that anybody looked for what is not in it", () => {
    expect(Object.keys(parse(render(FULL_OUTCOME)).images[0]?.inventory.analyzers ?? {})).toEqual(["sbom"]);
  });
});

function sorted(packages: readonly object[] = []): readonly string[] {
  return packages.map((each) => JSON.stringify(Object.entries(each).toSorted())).toSorted();
}

describe("documents of others", () => {
  const TRIVY = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    metadata: { component: { "bom-ref": "root", type: "container", name: "app:1" } },
    components: [
      { type: "operating-system", name: "alma", version: "9.4" },
      {
        type: "library",
        name: "openssl-libs",
        version: "3.0.7-1.el9",
        purl: "pkg:rpm/alma/openssl-libs@3.0.7-1.el9?arch=x86_64&distro=alma-9.4&epoch=1",
        properties: [
          { name: "aquasecurity:trivy:SrcName", value: "openssl" },
          { name: "aquasecurity:trivy:SrcVersion", value: "3.0.7" },
          { name: "aquasecurity:trivy:SrcRelease", value: "1.el9" },
          { name: "aquasecurity:trivy:SrcEpoch", value: "1" },
          { name: "aquasecurity:trivy:LayerDiffID", value: `sha256:${"a".repeat(64)}` },
          { name: "aquasecurity:trivy:Modularitylabel", value: "x:1:20240101:abc" },
        ],
      },
      { type: "library", name: "PyYAML", version: "6.0", purl: "pkg:pypi/Py.YAML@6.0" },
      { type: "library", name: "stdlib", version: "v1.22.3", purl: "pkg:golang/stdlib@v1.22.3" },
      { type: "library", name: "x/net", version: "0.1.0", purl: "pkg:golang/golang.org/x/net@0.1.0" },
      {
        type: "library",
        name: "github.com/Masterminds/goutils",
        version: "v1.1.0",
        purl: "pkg:golang/github.com/masterminds/goutils@v1.1.0",
      },
      {
        type: "library",
        group: "org.example",
        name: "lib",
        version: "1",
        purl: "pkg:maven/org.example/lib@1",
        components: [{ type: "library", name: "inner", version: "2", purl: "pkg:npm/%40s/inner@2" }],
      },
      { type: "file", name: "etc/passwd" },
      { type: "application", name: "node", version: "20" },
      { type: "library", name: "bad", version: "1", purl: "pkg:::" },
      { type: "library", group: "org.apache.logging.log4j", name: "log4j-core", version: "2.14.0" },
    ],
  };

  it("of Trivy: source packages, epochs, module streams, layers, the name that we use", () => {
    const [image] = parse(TRIVY).images;
    expect(image?.inventory.distribution).toEqual({ id: "almalinux", versionId: "9.4" });
    expect(image?.inventory.packages.map(({ evidence: _, ...each }) => each)).toEqual([
      { type: "golang", name: "github.com/Masterminds/goutils", version: "v1.1.0" },
      { type: "golang", name: "golang.org/x/net", version: "v0.1.0" },
      { type: "golang", name: "stdlib", version: "1.22.3" },
      { type: "maven", name: "org.example:lib", version: "1" },
      { type: "npm", name: "@s/inner", version: "2" },
      { type: "pypi", name: "py-yaml", version: "6.0" },
      {
        type: "rpm",
        name: "openssl-libs",
        version: "1:3.0.7-1.el9",
        architecture: "x86_64",
        source: { name: "openssl", version: "1:3.0.7-1.el9" },
        module: "x:1",
      },
    ]);
    expect(image?.inventory.status).toBe("partial");
    expect(image?.inventory.problems.map(({ message }) => message)).toEqual([
      "a component has a package URL that cannot be read",
      "a library has no package URL",
    ]);
    expect(image?.image.layers.map(({ diffId }) => diffId)).toEqual([`sha256:${"a".repeat(64)}`]);
  });

  it("of Syft in SPDX: the source from `upstream`, the distribution from the package URL", () => {
    const [image] = parse({
      spdxVersion: "SPDX-2.3",
      name: "app",
      packages: [
        {
          SPDXID: "SPDXRef-1",
          name: "libssl3",
          versionInfo: "3.0.11-1~deb12u1",
          licenseDeclared: "LicenseRef-1 AND MIT",
          sourceInfo: "acquired package info from DPKG DB: /var/lib/dpkg/status, /usr/share/doc",
          externalRefs: [
            {
              referenceCategory: "PACKAGE-MANAGER",
              referenceType: "purl",
              referenceLocator: "pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl",
            },
          ],
        },
      ],
      hasExtractedLicensingInfos: [{ licenseId: "LicenseRef-1", extractedText: "OpenSSL" }],
    }).images;
    expect(image?.inventory.distribution).toEqual({ id: "debian", versionId: "12" });
    expect(image?.inventory.packages).toMatchObject([
      {
        type: "deb",
        name: "libssl3",
        source: { name: "openssl", version: "3.0.11-1~deb12u1" },
        licenses: ["OpenSSL", "MIT"],
        evidence: { path: "var/lib/dpkg/status" },
      },
    ]);
  });

  it("SPDX tag-value says the same as SPDX JSON", () => {
    const text = [
      "SPDXVersion: SPDX-2.3",
      "DocumentName: app",
      "# a comment",
      "PackageName: lodash",
      "SPDXID: SPDXRef-1",
      "PackageVersion: 4.17.4",
      "PackageLicenseDeclared: MIT",
      "PackageComment: <text>PackageName: not-a-package",
      "PackageVersion: 9</text>",
      "ExternalRef: PACKAGE-MANAGER purl pkg:npm/lodash@4.17.4",
      "PackageChecksum: SHA1: 85ad7b798a8618a0cbb2ed8b45ccf1c0e3d3e3a4",
      "FileName: ./x",
      "SPDXID: SPDXRef-2",
    ].join("\n");
    const [image] = parse(text).images;
    expect(image?.inventory.packages.map(({ evidence: _, ...each }) => each)).toEqual([
      {
        type: "npm",
        name: "lodash",
        version: "4.17.4",
        licenses: ["MIT"],
        sha1: "85ad7b798a8618a0cbb2ed8b45ccf1c0e3d3e3a4",
      },
    ]);
  });

  it("one that says that it is not complete is not", () => {
    const compositions = [{ aggregate: "incomplete_first_party_only", assemblies: ["root"] }];
    const components = TRIVY.components.slice(0, 2);
    expect(parse({ ...TRIVY, components, compositions }).images[0]?.inventory.status).toBe("partial");
    expect(parse({ ...TRIVY, components }).images[0]?.inventory.status).toBe("complete");
  });
});

describe("hostile documents", () => {
  it.each([
    { name: "nothing", text: "", code: "SBOM_UNSUPPORTED" },
    { name: "a list", text: "[]", code: "SBOM_UNSUPPORTED" },
    { name: "other JSON", text: "{}", code: "SBOM_UNSUPPORTED" },
    { name: "XML", text: "<bom/>", code: "SBOM_UNSUPPORTED" },
    { name: "cut off", text: '{"bomFormat":"CycloneDX"', code: "SBOM_INVALID" },
    { name: "an old version", text: '{"bomFormat":"CycloneDX","specVersion":"1.0"}', code: "SBOM_UNSUPPORTED" },
    { name: "a new version", text: '{"spdxVersion":"SPDX-3.0"}', code: "SBOM_UNSUPPORTED" },
  ])("$name is refused", ({ text, code }) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code }));
  });

  it("bytes that are no UTF-8, and too many, are refused", () => {
    expect(() => parseSbom(Buffer.from([0x7b, 0xff]))).toThrow(SbomError);
    expect(() => parseSbom(Buffer.alloc(11), { ...LIMITS, maxSbomBytes: 10 })).toThrow(/more than 10/);
  });

  it("a million levels of nesting cost no stack", () => {
    const depth = 100_000;
    const nested = '{"components":['.repeat(depth) + "]}".repeat(depth);
    const text = `{"bomFormat":"CycloneDX","specVersion":"1.6",${nested.slice(1)}`;
    expect(parse(text).images[0]?.inventory.packages).toEqual([]);
  });

  it("more packages than the limit are said to be missing", () => {
    const components = [1, 2, 3].map((each) => ({ name: "a", version: `${each}`, purl: `pkg:npm/a@${each}` }));
    const document = { bomFormat: "CycloneDX", specVersion: "1.6", components };
    const limits = { ...LIMITS, maxPackages: 2 };
    const [image] = parseSbom(Buffer.from(JSON.stringify(document)), limits).images;
    expect(image?.inventory).toMatchObject({ status: "partial", problems: [{ code: "LIMIT_EXCEEDED" }] });
    expect(image?.inventory.packages.length).toBe(2);
  });

  it("control characters and endless names are problems, not packages", () => {
    const components = [
      { name: "\u001b[31m", version: "1", properties: [{ name: "haechi:package:type", value: "npm" }] },
      { name: "a".repeat(2_000), version: "1", properties: [{ name: "haechi:package:type", value: "npm" }] },
    ];
    const [image] = parse({ bomFormat: "CycloneDX", specVersion: "1.6", components }).images;
    expect(image?.inventory.packages).toEqual([]);
    expect(image?.inventory.problems.length).toBe(2);
  });

  it.each(FORMATS)("$format with anything in any place never throws anything but its errors", ({ render }) => {
    const text = render(FULL_OUTCOME);
    const changes = fc.array(
      fc.tuple(fc.nat(), fc.oneof(fc.constantFrom("{", "[", "]", '"', "null", "1"), fc.string())),
      {
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(changes, (edits) => {
        const edited = edits.reduce((before, [at, insert]) => {
          const place = at % before.length;
          return before.slice(0, place) + insert + before.slice(place + 3);
        }, text);
        try {
          parse(edited);
        } catch (error) {
          expect(error).toBeInstanceOf(SbomError);
        }
      }),
      { numRuns: rounds({ short: 150, long: 5_000 }) },
    );
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom("components", "packages", "metadata", "annotations"),
        (value, key) => {
          const document = { ...JSON.parse(text), [key]: value };
          expect(Array.isArray(parse(document).images)).toBe(true);
        },
      ),
      { numRuns: rounds({ short: 150, long: 5_000 }) },
    );
  });
});
