// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import { DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, OCI_INDEX, OCI_MANIFEST, OciError, parseManifest } from "#oci";

const DIGEST = `sha256:${"0a".repeat(32)}`;
const CONFIG = { mediaType: "application/vnd.oci.image.config.v1+json", digest: DIGEST, size: 2 };
const LAYER = { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: DIGEST, size: 10 };
const CHILD = { mediaType: OCI_MANIFEST, digest: DIGEST, size: 3, platform: { os: "linux", architecture: "amd64" } };
const IMAGE = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: CONFIG, layers: [LAYER] };
const INDEX = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [CHILD] };

function bytes(value: unknown): Buffer {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
}

describe("parseManifest", () => {
  it("reads an image", () => {
    expect(parseManifest(bytes(IMAGE))).toEqual({
      kind: "image",
      mediaType: OCI_MANIFEST,
      config: CONFIG,
      layers: [LAYER],
    });
  });

  it("reads an index with platforms", () => {
    const platform = { os: "linux", architecture: "arm64", variant: "v8", "os.version": "10" };
    const manifest = parseManifest(bytes({ ...INDEX, manifests: [{ ...CHILD, platform }] }));
    expect(manifest).toMatchObject({
      kind: "index",
      manifests: [{ platform: { os: "linux", architecture: "arm64", variant: "v8", osVersion: "10" } }],
    });
  });

  it.each([
    { name: "Docker schema 2", document: { ...IMAGE, mediaType: DOCKER_MANIFEST }, declared: DOCKER_MANIFEST },
    { name: "a Docker list", document: { ...INDEX, mediaType: DOCKER_MANIFEST_LIST }, declared: undefined },
    { name: "OCI without mediaType", document: { ...IMAGE, mediaType: undefined }, declared: undefined },
    { name: "an index without mediaType", document: { ...INDEX, mediaType: undefined }, declared: OCI_INDEX },
    { name: "a declared type with parameters", document: IMAGE, declared: `${OCI_MANIFEST}; charset=utf-8` },
    {
      name: "an artifact without layers",
      document: { ...IMAGE, layers: [], artifactType: "a/b" },
      declared: undefined,
    },
    { name: "a subject", document: { ...IMAGE, subject: { ...LAYER, mediaType: OCI_MANIFEST } }, declared: undefined },
    {
      name: "fields that we do not know",
      document: { ...IMAGE, extra: { Layers: 1 }["x" as never] ?? 1 },
      declared: undefined,
    },
    { name: "null annotations", document: { ...IMAGE, annotations: null }, declared: undefined },
    {
      name: "annotations named like fields",
      document: { ...IMAGE, annotations: { Layers: "x" } },
      declared: undefined,
    },
  ])("accepts $name", ({ document, declared }) => {
    expect(() => parseManifest(bytes(document), declared)).not.toThrow();
  });

  it.each([
    { name: "image and index at once (CVE-2021-41190)", document: { ...IMAGE, manifests: [CHILD] } },
    { name: "an index with layers (CVE-2021-41190)", document: { ...INDEX, layers: [LAYER] } },
    { name: "an index with a config", document: { ...INDEX, config: CONFIG } },
    { name: "another mediaType than declared", document: IMAGE, declared: DOCKER_MANIFEST },
    { name: "an index declared as image", document: { ...INDEX, mediaType: undefined }, declared: OCI_MANIFEST },
    { name: "an image declared as index", document: { ...IMAGE, mediaType: undefined }, declared: OCI_INDEX },
    { name: "content of the other type", document: { ...IMAGE, mediaType: OCI_INDEX } },
    {
      name: "Docker schema 2 without mediaType",
      document: { ...IMAGE, mediaType: undefined },
      declared: DOCKER_MANIFEST,
    },
    { name: "a key twice", document: `{"schemaVersion":2,"layers":[],"layers":[],"config":${JSON.stringify(CONFIG)}}` },
    {
      name: "an escaped key twice",
      document: `{"schemaVersion":2,"layers":[],"l\\u0061yers":[],"config":${JSON.stringify(CONFIG)}}`,
    },
    { name: "a field in other case", document: { ...IMAGE, Layers: [] } },
    { name: "a field with a long s, as Go folds it", document: { ...IMAGE, "layer\u017f": [] } },
    { name: "a descriptor field in other case", document: { ...IMAGE, layers: [{ ...LAYER, Digest: DIGEST }] } },
    { name: "a negative size", document: { ...IMAGE, layers: [{ ...LAYER, size: -1 }] } },
    { name: "a fractional size", document: { ...IMAGE, layers: [{ ...LAYER, size: 1.5 }] } },
    { name: "a size beyond 2^53", document: bytes(IMAGE).toString().replace('"size":10', '"size":9007199254740993') },
    { name: "a size as text", document: { ...IMAGE, layers: [{ ...LAYER, size: "10" }] } },
    {
      name: "an unknown digest algorithm",
      document: { ...IMAGE, layers: [{ ...LAYER, digest: `md5:${"0".repeat(32)}` }] },
    },
    { name: "a digest with a path", document: { ...IMAGE, config: { ...CONFIG, digest: "sha256:../../etc/passwd" } } },
    { name: "no config", document: { ...IMAGE, config: undefined } },
    { name: "no layers", document: { ...IMAGE, layers: undefined } },
    { name: "layers that are no list", document: { ...IMAGE, layers: {} } },
    { name: "no schemaVersion", document: { ...IMAGE, schemaVersion: undefined } },
    { name: "schemaVersion as text", document: { ...IMAGE, schemaVersion: "2" } },
    { name: "a mediaType that is no text", document: { ...IMAGE, mediaType: 1 } },
    { name: "a list", document: [] },
    { name: "null", document: "null" },
    { name: "no JSON", document: "{" },
    { name: "a byte order mark", document: `\ufeff${JSON.stringify(IMAGE)}` },
    { name: "nothing", document: "" },
  ])("refuses $name", ({ document, declared }: { document: unknown; declared?: string }) => {
    expect(() => parseManifest(bytes(document), declared)).toThrow(
      expect.objectContaining({ code: "MANIFEST_INVALID" }),
    );
  });

  it.each([
    { name: "schema 1", document: { schemaVersion: 1, fsLayers: [] }, code: "MANIFEST_UNSUPPORTED" },
    {
      name: "an unknown mediaType",
      document: { ...IMAGE, mediaType: "application/json" },
      code: "MANIFEST_UNSUPPORTED",
    },
    {
      name: "too many layers",
      document: { ...IMAGE, layers: Array(LIMITS.maxDescriptors + 1).fill(LAYER) },
      code: "LIMIT_EXCEEDED",
    },
    { name: "deep nesting", document: `{"a":${"[".repeat(100)}${"]".repeat(100)}}`, code: "LIMIT_EXCEEDED" },
    { name: "too many bytes", document: " ".repeat(LIMITS.maxManifestBytes + 1), code: "LIMIT_EXCEEDED" },
  ])("says $code for $name", ({ document, code }) => {
    expect(() => parseManifest(bytes(document))).toThrow(expect.objectContaining({ code }));
  });

  it("refuses invalid UTF-8", () => {
    const broken = Buffer.concat([
      bytes(IMAGE).subarray(0, -1),
      Buffer.from([0x2c, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    ]);
    expect(() => parseManifest(broken)).toThrow(OciError);
  });

  it("any bytes and any JSON are parsed or refused with a code", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(bytes)), (document) => {
        expect(() => parseManifest(document)).toThrow(OciError);
      }),
    );
  });
});
