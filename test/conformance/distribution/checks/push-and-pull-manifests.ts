// SPDX-License-Identifier: Apache-2.0
import { digestOf } from "#base";
import { type Check, clause } from "../check.ts";
import { expectEqual, expectHeader, expectStatus, unsupportedIf } from "../expectations.ts";
import type { RegistryUnderTest, Reply } from "../registry-under-test.ts";
import {
  beginUpload,
  pushManifest,
  pushParts,
  putManifest,
  type SampleManifest,
  sampleImage,
  sampleIndex,
  withQuery,
} from "../sample-contents.ts";
import { SAMPLES } from "./samples.ts";

const PUSH = "Pushing Manifests";
const PULL = "Pulling manifests";
const EXISTS = "Checking if content exists in the registry";

/** Each kind of manifest, pushed by tag and by digest, comes back as it was. */
export const MANIFEST_CHECKS: readonly Check[] = [
  ...SAMPLES.flatMap(({ name, make }) => checksOf(name, make)),
  ...clause(PUSH, [
    [
      "MUST",
      "a manifest is stored in the exact bytes in which it came",
      async (registry) => {
        const image = sampleImage();
        const odd = Buffer.from(`\n${JSON.stringify(JSON.parse(image.bytes.toString()), undefined, 7)}\r\n\t `);
        const repository = registry.newRepository();
        await pushParts(registry, repository, image);
        expectStatus(await putManifest(registry, repository, "odd", { ...image, bytes: odd }), 201);
        const reply = expectStatus(await getManifest(registry, repository, "odd"), 200);
        expectEqual("bytes", reply.body.equals(odd), true);
      },
    ],
    [
      "MUST",
      "a manifest under a wrong digest is refused",
      async (registry) => {
        const image = sampleImage();
        const repository = registry.newRepository();
        await pushParts(registry, repository, image);
        expectStatus(await putManifest(registry, repository, digestOf("other"), image), 400);
      },
    ],
    [
      "SHOULD",
      "a manifest of 4 MiB is taken",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        await pushParts(registry, repository, image);
        const bytes = Buffer.alloc(4 * 1024 * 1024, " ");
        image.bytes.copy(bytes);
        expectStatus(await putManifest(registry, repository, "large", { ...image, bytes }), 201);
        const reply = expectStatus(await getManifest(registry, repository, "large"), 200);
        expectEqual("bytes", reply.body.equals(bytes), true);
      },
    ],
    [
      "SHOULD",
      "parameters of Content-Type are ignored, and not sent back",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        await pushParts(registry, repository, image);
        const mediaType = `${image.mediaType}; charset=utf-8`;
        expectStatus(await putManifest(registry, repository, "v1", { ...image, mediaType }), 201);
        const reply = expectStatus(await getManifest(registry, repository, "v1"), 200);
        expectEqual("Content-Type", reply.headers["content-type"], image.mediaType);
      },
    ],
    [
      "OWN",
      "a manifest that says another type than Content-Type is refused",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        await pushParts(registry, repository, image);
        const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
        expectStatus(await putManifest(registry, repository, "v1", { ...image, mediaType }), 400);
      },
    ],
    [
      "SHOULD",
      "a manifest that is larger than the registry takes is 413",
      async (registry) => {
        const bytes = Buffer.concat([sampleImage().bytes, Buffer.alloc(24 * 1024 * 1024, " ")]);
        const { mediaType } = sampleImage();
        const reply = await putManifest(registry, registry.newRepository(), "large", { mediaType, bytes });
        expectStatus(reply, 413);
      },
    ],
    [
      "MUST",
      "a tag leads to what was pushed to it last",
      async (registry) => {
        const repository = registry.newRepository();
        const [first, second] = [sampleImage(), sampleImage()];
        await pushManifest(registry, repository, "moving", first);
        await pushManifest(registry, repository, "moving", second);
        const reply = expectStatus(await getManifest(registry, repository, "moving"), 200);
        expectEqual("digest", digestOf(reply.body), second.descriptor.digest);
        expectStatus(await getManifest(registry, repository, first.descriptor.digest), 200);
      },
    ],
    [
      "MUST",
      "the same manifest can be pushed twice, and to several tags",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        await pushManifest(registry, repository, "a", image);
        expectStatus(await putManifest(registry, repository, "a", image), 201);
        expectStatus(await putManifest(registry, repository, "b", image), 201);
        expectStatus(await getManifest(registry, repository, "b"), 200);
      },
    ],
    [
      "MUST",
      "an index whose child is another type of manifest than it says can be refused, but not changed",
      async (registry) => {
        const repository = registry.newRepository();
        const child = sampleImage();
        await pushManifest(registry, repository, "child", child);
        const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
        const index = sampleIndex([{ ...child, descriptor: { ...child.descriptor, mediaType } }]);
        expectEqual("says another type", child.descriptor.mediaType === mediaType, false);
        const pushed = await putManifest(registry, repository, "v1", index);
        if (pushed.status !== 201) {
          expectEqual("refused as the client's error", pushed.status >= 400 && pushed.status < 500, true);
          expectStatus(await getManifest(registry, repository, "v1"), 404);
          return;
        }
        const reply = expectStatus(await getManifest(registry, repository, "v1"), 200);
        expectEqual("bytes", reply.body.equals(index.bytes), true);
      },
    ],
    [
      "MAY",
      "tags can come with a push to a digest (?tag=)",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        await pushParts(registry, repository, image);
        const reply = expectStatus(
          await putManifest(registry, repository, `${image.descriptor.digest}?tag=one&tag=two`, image),
          201,
        );
        unsupportedIf(await getManifest(registry, repository, "one"), 404);
        expectStatus(await getManifest(registry, repository, "two"), 200);
        expectEqual("OCI-Tag", expectHeader(reply, "oci-tag").split(/, ?/), ["one", "two"]);
      },
    ],
    [
      "MAY",
      "a push to a tag can say its digest (?digest=)",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        const digest = digestOf(image.bytes, "sha512");
        await pushParts(registry, repository, image);
        expectStatus(await putManifest(registry, repository, `long?digest=${digest}`, image), 201);
        const reply = await registry.send(`HEAD /v2/${repository}/manifests/${digest}`);
        unsupportedIf(reply, 400, 404, 405);
        expectStatus(reply, 200);
      },
    ],
  ]),
  ...clause("Digests", [
    [
      "MAY",
      "a blob is pushed by SHA-512 in one POST, found by HEAD, mounted and deleted",
      async (registry) => {
        const [repository, target] = [registry.newRepository(), registry.newRepository()];
        const bytes = Buffer.from(`by SHA-512 ${repository}`);
        const digest = digestOf(bytes, "sha512");
        const headers = { "content-type": "application/octet-stream" };
        const begun = await registry.send(`POST /v2/${repository}/blobs/uploads/?digest=${digest}`, {
          headers,
          body: bytes,
        });
        unsupportedIf(expectStatus(begun, 201, 202, 400), 202, 400);
        const head = expectStatus(await registry.send(`HEAD /v2/${repository}/blobs/${digest}`), 200);
        expectEqual("Docker-Content-Digest", head.headers["docker-content-digest"], digest);
        const mount = await registry.send(`POST /v2/${target}/blobs/uploads/?mount=${digest}&from=${repository}`);
        unsupportedIf(expectStatus(mount, 201, 202), 202);
        const line = `/v2/${target}/blobs/${digest}`;
        expectEqual("bytes", expectStatus(await registry.send(`GET ${line}`), 200).body.equals(bytes), true);
        expectStatus(unsupportedIf(await registry.send(`DELETE ${line}`), 400, 405), 202);
        expectStatus(await registry.send(`HEAD ${line}`), 404);
      },
    ],
    [
      "MAY",
      "blobs and manifests can be pushed and pulled by SHA-512",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage({}, { algorithm: "sha512" });
        const [first] = image.blobs;
        const location = await beginUpload(registry, repository);
        const url = withQuery(location, { digest: digestOf(first ?? "", "sha512") });
        expectStatus(unsupportedIf(await registry.send(`PUT ${url}`, { body: first ?? "" }), 400), 201);
        await pushParts(registry, repository, image);
        const { digest } = image.descriptor;
        const pushed = expectStatus(await putManifest(registry, repository, digest, image), 201);
        expectEqual("Docker-Content-Digest", expectHeader(pushed, "docker-content-digest"), digest);
        const reply = expectStatus(await getManifest(registry, repository, digest), 200);
        expectEqual("bytes", reply.body.equals(image.bytes), true);
        const blob = image.blobs[0] ?? Buffer.alloc(0);
        const pulled = await registry.send(`GET /v2/${repository}/blobs/${digestOf(blob, "sha512")}`);
        expectEqual("blob", expectStatus(pulled, 200).body.equals(blob), true);
      },
    ],
  ]),
];

function checksOf(name: string, make: () => SampleManifest): readonly Check[] {
  return [
    ...clause(PUSH, [
      [
        "MUST",
        `${name} is pushed by tag: 201 with a Location that can be pulled`,
        async (registry) => {
          const sample = make();
          const reply = await pushManifest(registry, registry.newRepository(), "v1", sample);
          const pulled = expectStatus(await registry.send(`GET ${expectHeader(reply, "location")}`), 200);
          expectEqual("bytes", pulled.body.equals(sample.bytes), true);
        },
      ],
      [
        "SHOULD",
        `${name} is pushed by digest: 201 with its digest`,
        async (registry) => {
          const sample = make();
          const { digest } = sample.descriptor;
          const reply = await pushManifest(registry, registry.newRepository(), digest, sample);
          expectEqual("Docker-Content-Digest", expectHeader(reply, "docker-content-digest"), digest);
        },
      ],
    ]),
    ...clause(PULL, [
      ...(["tag", "digest"] as const).map(
        (by) =>
          [
            "MUST",
            `${name} is pulled by ${by}: 200, its bytes, its type and its digest`,
            async (registry: RegistryUnderTest) => {
              const [sample, repository] = [make(), registry.newRepository()];
              await pushManifest(registry, repository, "v1", sample);
              const reference = by === "tag" ? "v1" : sample.descriptor.digest;
              const reply = expectStatus(await getManifest(registry, repository, reference), 200);
              expectEqual("bytes", reply.body.equals(sample.bytes), true);
              expectEqual("Content-Type", reply.headers["content-type"], sample.mediaType);
              expectEqual("Docker-Content-Digest", reply.headers["docker-content-digest"], sample.descriptor.digest);
            },
          ] as const,
      ),
    ]),
    ...clause(EXISTS, [
      ...(["tag", "digest"] as const).map(
        (by) =>
          [
            "MUST",
            `HEAD of ${name} by ${by} is as GET without the body`,
            async (registry: RegistryUnderTest) => {
              const [sample, repository] = [make(), registry.newRepository()];
              await pushManifest(registry, repository, "v1", sample);
              const reference = by === "tag" ? "v1" : sample.descriptor.digest;
              const line = `/v2/${repository}/manifests/${reference}`;
              const head = expectStatus(await registry.send(`HEAD ${line}`), 200);
              const get = expectStatus(await registry.send(`GET ${line}`), 200);
              expectEqual("body", head.body.length, 0);
              for (const header of ["content-length", "content-type", "docker-content-digest"]) {
                expectEqual(header, head.headers[header], get.headers[header]);
              }
              expectEqual("Content-Length", head.headers["content-length"], String(sample.bytes.length));
            },
          ] as const,
      ),
    ]),
  ];
}

async function getManifest(registry: RegistryUnderTest, repository: string, reference: string): Promise<Reply> {
  return await registry.send(`GET /v2/${repository}/manifests/${reference}`);
}
