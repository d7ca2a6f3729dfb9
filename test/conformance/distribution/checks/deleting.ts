// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { digestOf } from "#base";
import { type Check, clause } from "../check.ts";
import { expectEqual, expectStatus, unsupportedIf } from "../expectations.ts";
import type { RegistryUnderTest, Reply } from "../registry-under-test.ts";
import { pushBlob, pushManifest, putManifest, sampleImage } from "../sample-contents.ts";
import { SAMPLES } from "./samples.ts";

/** Deleting tags, manifests and blobs. */
export const DELETE_CHECKS: readonly Check[] = [
  ...clause("Deleting tags", [
    [
      "MUST",
      "a tag is deleted (202), the manifest and other tags stay",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        await pushManifest(registry, repository, "gone", image);
        expectStatus(await putManifest(registry, repository, "stays", image), 201);
        // distribution-spec: 400 or 405 where tags cannot be deleted
        expectStatus(unsupportedIf(await remove(registry, `/v2/${repository}/manifests/gone`), 400, 405), 202);
        await expectGone(registry, `/v2/${repository}/manifests/gone`);
        for (const reference of ["stays", image.descriptor.digest]) {
          expectStatus(await registry.send(`GET /v2/${repository}/manifests/${reference}`), 200);
        }
        const tags = await registry.send(`GET /v2/${repository}/tags/list`);
        expectEqual("tags", (JSON.parse(tags.body.toString()) as { tags: unknown }).tags, ["stays"]);
      },
    ],
    [
      "MUST",
      "a tag that is not there is 404",
      async (registry) => {
        const repository = registry.newRepository();
        await pushManifest(registry, repository, "v1", sampleImage());
        expectStatus(unsupportedIf(await remove(registry, `/v2/${repository}/manifests/other`), 400, 405), 404);
      },
    ],
    [
      "OWN",
      "a tag that was deleted can be pushed again",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        await pushManifest(registry, repository, "again", image);
        expectStatus(unsupportedIf(await remove(registry, `/v2/${repository}/manifests/again`), 400, 405), 202);
        expectStatus(await putManifest(registry, repository, "again", image), 201);
        expectStatus(await registry.send(`GET /v2/${repository}/manifests/again`), 200);
      },
    ],
  ]),
  ...clause("Deleting Manifests", [
    ...SAMPLES.map(
      ({ name, make }) =>
        [
          "MUST",
          `${name} is deleted by digest (202) and is 404 then, as are its tags`,
          async (registry: RegistryUnderTest) => {
            const [sample, repository] = [make(), registry.newRepository()];
            await pushManifest(registry, repository, "v1", sample);
            const line = `/v2/${repository}/manifests/${sample.descriptor.digest}`;
            expectStatus(unsupportedIf(await remove(registry, line), 400, 405), 202);
            await expectGone(registry, line);
            await expectGone(registry, `/v2/${repository}/manifests/v1`);
          },
        ] as const,
    ),
    [
      "MUST",
      "a manifest that is not there is 404",
      async (registry) => {
        const repository = registry.newRepository();
        await pushManifest(registry, repository, "v1", sampleImage());
        const reply = await remove(registry, `/v2/${repository}/manifests/${digestOf("nobody")}`);
        expectStatus(unsupportedIf(reply, 400, 405), 404);
      },
    ],
    [
      "MUST",
      "a manifest of a repository that is not there is 404",
      async (registry) => {
        const reply = await remove(registry, `/v2/${registry.newRepository()}/manifests/${digestOf("nobody")}`);
        expectStatus(unsupportedIf(reply, 400, 405), 404);
      },
    ],
    [
      "OWN",
      "a manifest that was deleted can be pushed again",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        await pushManifest(registry, repository, "v1", image);
        const line = `/v2/${repository}/manifests/${image.descriptor.digest}`;
        expectStatus(unsupportedIf(await remove(registry, line), 400, 405), 202);
        await pushManifest(registry, repository, "v1", image);
        expectStatus(await registry.send(`GET ${line}`), 200);
      },
    ],
    [
      "OWN",
      "a manifest of another repository stays",
      async (registry) => {
        const [a, b, image] = [registry.newRepository(), registry.newRepository(), sampleImage()];
        await pushManifest(registry, a, "v1", image);
        await pushManifest(registry, b, "v1", image);
        const line = `/v2/${a}/manifests/${image.descriptor.digest}`;
        expectStatus(unsupportedIf(await remove(registry, line), 400, 405), 202);
        expectStatus(await registry.send(`GET /v2/${b}/manifests/v1`), 200);
      },
    ],
  ]),
  ...clause("Deleting Blobs", [
    [
      "MUST",
      "a blob is deleted (202) and is 404 then",
      async (registry) => {
        const [bytes, repository] = [randomBytes(100), registry.newRepository()];
        await pushBlob(registry, repository, bytes);
        const line = `/v2/${repository}/blobs/${digestOf(bytes)}`;
        expectStatus(unsupportedIf(await remove(registry, line), 400, 405), 202);
        await expectGone(registry, line);
      },
    ],
    [
      "MUST",
      "a blob that is not there is 404",
      async (registry) => {
        const repository = registry.newRepository();
        await pushBlob(registry, repository, randomBytes(10));
        const reply = await remove(registry, `/v2/${repository}/blobs/${digestOf("nobody")}`);
        expectStatus(unsupportedIf(reply, 400, 405), 404);
      },
    ],
    [
      "OWN",
      "a blob of another repository stays, and what was deleted can be pushed again",
      async (registry) => {
        const [bytes, a, b] = [randomBytes(100), registry.newRepository(), registry.newRepository()];
        await pushBlob(registry, a, bytes);
        await pushBlob(registry, b, bytes);
        expectStatus(unsupportedIf(await remove(registry, `/v2/${a}/blobs/${digestOf(bytes)}`), 400, 405), 202);
        expectStatus(await registry.send(`GET /v2/${b}/blobs/${digestOf(bytes)}`), 200);
        await pushBlob(registry, a, bytes);
        expectStatus(await registry.send(`GET /v2/${a}/blobs/${digestOf(bytes)}`), 200);
      },
    ],
    [
      "OWN",
      "a blob that a manifest needs is not deleted, so that what was acknowledged stays whole",
      async (registry) => {
        const [image, repository] = [sampleImage(), registry.newRepository()];
        await pushManifest(registry, repository, "v1", image);
        const blob = `/v2/${repository}/blobs/${digestOf(image.blobs[1] ?? "")}`;
        const reply = unsupportedIf(await remove(registry, blob), 405);
        expectStatus(reply, 403, 409);
        expectStatus(await registry.send(`GET ${blob}`), 200);
      },
    ],
  ]),
];

async function remove(registry: RegistryUnderTest, path: string): Promise<Reply> {
  return await registry.send(`DELETE ${path}`);
}

async function expectGone(registry: RegistryUnderTest, path: string): Promise<void> {
  expectStatus(await registry.send(`HEAD ${path}`), 404);
  expectStatus(await registry.send(`GET ${path}`), 404);
}
