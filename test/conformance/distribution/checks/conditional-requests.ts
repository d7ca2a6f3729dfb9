// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { digestOf } from "#base";
import { type Check, clause } from "../check.ts";
import { expectEqual, expectHeader, expectStatus, notApplicableIf, unsupportedIf } from "../expectations.ts";
import type { RegistryUnderTest } from "../registry-under-test.ts";
import { pushBlob, pushManifest, pushParts, putManifest, sampleImage } from "../sample-contents.ts";

type Push = (registry: RegistryUnderTest, repository: string) => Promise<string>;

const PULLED: readonly { readonly name: string; readonly push: Push }[] = [
  {
    name: "a blob",
    async push(registry, repository) {
      const bytes = randomBytes(100);
      await pushBlob(registry, repository, bytes);
      return `/v2/${repository}/blobs/${digestOf(bytes)}`;
    },
  },
  {
    name: "a manifest by tag",
    async push(registry, repository) {
      await pushManifest(registry, repository, "v1", sampleImage());
      return `/v2/${repository}/manifests/v1`;
    },
  },
  {
    name: "a manifest by digest",
    async push(registry, repository) {
      const image = sampleImage();
      await pushManifest(registry, repository, image.descriptor.digest, image);
      return `/v2/${repository}/manifests/${image.descriptor.digest}`;
    },
  },
];

/**
 * The specification says nothing of conditional pulls; where a registry gives an entity tag, HTTP says what it is for (RFC 9110, section
 * 13.1.2). Conditional pushes it allows ("Referrers Tag Schema").
 */
export const CONDITIONAL_CHECKS: readonly Check[] = [
  ...clause(
    "Conditional requests",
    PULLED.flatMap(({ name, push }) => [
      ...["GET", "HEAD"].flatMap((method) =>
        [
          { how: "the entity tag", of: (etag: string) => etag },
          { how: "it as weak, among others", of: (etag: string) => `"other", W/${etag.replace(/^W\//, "")}` },
          { how: "*", of: () => "*" },
        ].map(
          ({ how, of }) =>
            [
              "OWN",
              `${method} of ${name} with If-None-Match of ${how} is 304 without a body`,
              async (registry: RegistryUnderTest) => {
                const { line, etag } = await pushed(registry, push);
                const reply = await registry.send(`${method} ${line}`, { headers: { "if-none-match": of(etag) } });
                expectStatus(unsupportedIf(reply, 200), 304);
                expectEqual("body", reply.body.length, 0);
              },
            ] as const,
        ),
      ),
      [
        "OWN",
        `${name} with If-None-Match of another entity tag is 200`,
        async (registry: RegistryUnderTest) => {
          const { line } = await pushed(registry, push);
          const headers = { "if-none-match": `"${digestOf("other")}"` };
          expectStatus(await registry.send(`GET ${line}`, { headers }), 200);
        },
      ] as const,
    ]),
  ),
  ...clause("Conditional requests", [
    [
      "OWN",
      "the entity tag of a tag is another one once the tag was moved",
      async (registry) => {
        const repository = registry.newRepository();
        await pushManifest(registry, repository, "v1", sampleImage());
        const line = `GET /v2/${repository}/manifests/v1`;
        const etag = etagOf(expectStatus(await registry.send(line), 200).headers.etag);
        const second = sampleImage();
        await pushManifest(registry, repository, "v1", second);
        const reply = expectStatus(await registry.send(line, { headers: { "if-none-match": etag } }), 200);
        expectEqual("digest", digestOf(reply.body), second.descriptor.digest);
      },
    ],
    ...[
      { name: "If-Match of an older entity tag", header: "if-match", of: () => `"${digestOf("older")}"` },
      { name: "If-None-Match: *, where the tag is there", header: "if-none-match", of: () => "*" },
    ].map(
      ({ name, header, of }) =>
        [
          "MAY",
          `a push to a tag with ${name}, is 412 and moves nothing`,
          async (registry: RegistryUnderTest) => {
            const [repository, first, second] = [registry.newRepository(), sampleImage(), sampleImage()];
            await pushManifest(registry, repository, "v1", first);
            await pushParts(registry, repository, second);
            const reply = await registry.send(`PUT /v2/${repository}/manifests/v1`, {
              headers: { "content-type": second.mediaType, [header]: of() },
              body: second.bytes,
            });
            expectStatus(unsupportedIf(reply, 201), 412);
            const pulled = expectStatus(await registry.send(`GET /v2/${repository}/manifests/v1`), 200);
            expectEqual("digest", digestOf(pulled.body), first.descriptor.digest);
            expectStatus(await putManifest(registry, repository, "v1", second), 201);
          },
        ] as const,
    ),
  ]),
];

async function pushed(registry: RegistryUnderTest, push: Push) {
  const line = await push(registry, registry.newRepository());
  return { line, etag: etagOf(expectStatus(await registry.send(`GET ${line}`), 200).headers.etag) };
}

function etagOf(etag: string | undefined): string {
  notApplicableIf(etag === undefined, "the registry gives no entity tag");
  return expectHeader({ status: 200, headers: { etag }, body: Buffer.alloc(0) }, "etag");
}
