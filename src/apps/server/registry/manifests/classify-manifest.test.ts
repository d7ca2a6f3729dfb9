// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { type Digest, digestOf, LIMITS } from "#base";
import {
  type Descriptor,
  DOCKER_MANIFEST,
  type ImageManifest,
  OCI_CONFIG,
  OCI_EMPTY,
  OCI_LAYER_GZIP,
  OCI_MANIFEST,
} from "#oci";
import { writeTar } from "../../../../../test/support/image-builder.ts";
import { classifyManifest } from "./classify-manifest.ts";

const CONFIG = { os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [] } };
const STATEMENT = '{"critical":{"type":"cosign container image signature"}}';
const COSIGN = "application/vnd.dev.cosign.simplesigning.v1+json";
/** A tar that begins like JSON. */
const POLYGLOT = writeTar([{ path: '{"a":"', content: '"}' }]);
/** A JSON string that is also a tar with one entry, `"/../bin/sh`, which tools clean to `bin/sh`. */
const TEXT_TAR = textTar();

function textTar(): string {
  const header = Buffer.alloc(512, " ");
  header.write('"/../bin/sh', 0);
  header.write("0000755 0000000 0000000 00000000000 00000000000 ", 100);
  header.write("0", 156);
  header.write('"', 511);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}  `, 148);
  return header.toString();
}

it.each([
  {
    name: "an image config and file system layers",
    config: [OCI_CONFIG, JSON.stringify(CONFIG)],
    layers: [[OCI_LAYER_GZIP, "gz"]],
    want: "image",
  },
  { name: "an image config without layers", config: [OCI_CONFIG, JSON.stringify(CONFIG)], layers: [], want: "image" },
  {
    name: "an image config and an unknown layer",
    config: [OCI_CONFIG, JSON.stringify(CONFIG)],
    layers: [["application/x-other", "not json"]],
    want: "image",
  },
  {
    name: "a config that hides what it is by its media type",
    config: ["application/x-harmless", JSON.stringify(CONFIG)],
    layers: [[OCI_LAYER_GZIP, "gz"]],
    want: "image",
  },
  {
    name: "a config whose rootfs only Go would find",
    config: ["application/x-harmless", JSON.stringify({ "Rootf\u017f": {} })],
    layers: [[OCI_LAYER_GZIP, "gz"]],
    want: "image",
  },
  { name: "the empty config", config: [OCI_EMPTY, "{}"], layers: [[OCI_LAYER_GZIP, "gz"]], want: "artifact" },
  {
    name: "a config that is not JSON",
    config: ["application/x-model", "weights"],
    layers: [["application/x-weights", "w"]],
    want: "artifact",
  },
  {
    name: "a config that only a lenient reader can read: invalid UTF-8",
    config: ["application/octet-stream", Buffer.from(`{"author":"\xff","rootfs":{}}`, "latin1")],
    layers: [[OCI_LAYER_GZIP, "gz"]],
    want: "image",
  },
  {
    name: "a config that only a lenient reader can read: text behind it",
    config: ["application/octet-stream", ` ${JSON.stringify(CONFIG)} more`],
    layers: [[OCI_LAYER_GZIP, "gz"]],
    want: "image",
  },
  {
    name: "a config that is too large to look into",
    config: ["application/octet-stream", JSON.stringify(CONFIG) + " ".repeat(LIMITS.maxConfigBytes)],
    layers: [[OCI_LAYER_GZIP, "gz"]],
    want: "image",
  },
  {
    name: "a Docker manifest with an empty config, which podman unpacks",
    config: ["application/octet-stream", "{}"],
    layers: [[OCI_LAYER_GZIP, "gz"]],
    mediaType: DOCKER_MANIFEST,
    want: "image",
  },
  {
    name: "a cosign signature in a Docker manifest",
    config: ["application/octet-stream", "{}"],
    layers: [[COSIGN, STATEMENT]],
    mediaType: DOCKER_MANIFEST,
    want: "artifact",
  },
  {
    name: "a config that is not there yet",
    config: ["application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"],
    layers: [[OCI_LAYER_GZIP, "gz"]],
    want: "image",
  },
  {
    name: "a tar that is a JSON text from end to end",
    config: [OCI_CONFIG, JSON.stringify(CONFIG)],
    layers: [[COSIGN, TEXT_TAR]],
    want: "image",
  },
  {
    name: "a config that is a list",
    config: ["application/x-list", "[]"],
    layers: [["application/x-weights", "w"]],
    want: "artifact",
  },
  {
    name: "a cosign signature, which has an image config",
    config: [OCI_CONFIG, JSON.stringify(CONFIG)],
    layers: [[COSIGN, STATEMENT]],
    want: "artifact",
  },
  {
    name: "a tar under the media type of a signature",
    config: [OCI_CONFIG, JSON.stringify(CONFIG)],
    layers: [[COSIGN, writeTar([{ path: "a", content: "b" }])]],
    want: "image",
  },
  {
    name: "a tar that begins like JSON",
    config: [OCI_CONFIG, JSON.stringify(CONFIG)],
    layers: [[COSIGN, POLYGLOT]],
    want: "image",
  },
  {
    name: "one statement and one file system",
    config: [OCI_CONFIG, JSON.stringify(CONFIG)],
    layers: [
      [COSIGN, STATEMENT],
      [OCI_LAYER_GZIP, STATEMENT],
    ],
    want: "image",
  },
  {
    name: "JSON called a file system layer",
    config: [OCI_CONFIG, JSON.stringify(CONFIG)],
    layers: [[OCI_LAYER_GZIP, STATEMENT]],
    want: "image",
  },
  {
    name: "more statements than anybody writes",
    config: [OCI_CONFIG, JSON.stringify(CONFIG)],
    layers: Array.from({ length: 33 }, () => [COSIGN, STATEMENT]),
    want: "image",
  },
])("$name: $want", async ({ config, layers, mediaType = OCI_MANIFEST, want }) => {
  const blobs = new Map<Digest, Buffer>();
  function add([mediaType, content]: readonly (string | Uint8Array)[]): Descriptor {
    const bytes = Buffer.from(content ?? "");
    const digest = digestOf(bytes);
    if (content !== undefined) {
      blobs.set(digest, bytes);
    }
    return { mediaType: String(mediaType), digest, size: bytes.length };
  }
  const manifest: ImageManifest = {
    kind: "image",
    mediaType,
    config: add(config),
    layers: layers.map(add),
  };
  expect(await classifyManifest(manifest, async (digest) => Promise.resolve(blobs.get(digest)))).toBe(want);
});
