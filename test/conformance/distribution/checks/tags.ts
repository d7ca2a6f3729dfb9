// SPDX-License-Identifier: Apache-2.0
import { type Check, clause } from "../check.ts";
import { expectEqual, expectHeader, expectStatus } from "../expectations.ts";
import type { RegistryUnderTest, Reply } from "../registry-under-test.ts";
import { pushManifest, putManifest, sampleImage } from "../sample-contents.ts";

const TAGS: readonly string[] = ["0", "10", "9", "A", "Z", "_x", "a", "a-b", "a.b", "a_b", "b", "latest"];
const SORTED: readonly string[] = [...TAGS].sort();

/** Listing tags, whole and in pages. */
export const TAG_CHECKS: readonly Check[] = clause("Listing Tags", [
  [
    "MUST",
    "all tags are listed in ASCII order, with the name of the repository",
    async (registry) => {
      const repository = await pushTags(registry);
      const reply = expectStatus(await registry.send(`GET /v2/${repository}/tags/list`), 200);
      expectEqual("body", JSON.parse(reply.body.toString()), { name: repository, tags: SORTED });
    },
  ],
  ...[1, 3, 11, 12, 13].map(
    (count) =>
      [
        "MUST",
        `n=${count} gives the first ${Math.min(count, TAGS.length)} tags`,
        async (registry: RegistryUnderTest) => {
          const repository = await pushTags(registry);
          const reply = expectStatus(await registry.send(`GET /v2/${repository}/tags/list?n=${count}`), 200);
          expectEqual("tags", tagsOf(reply), SORTED.slice(0, count));
        },
      ] as const,
  ),
  [
    "MUST",
    "n=0 gives an empty list and no Link",
    async (registry) => {
      const repository = await pushTags(registry);
      const reply = expectStatus(await registry.send(`GET /v2/${repository}/tags/list?n=0`), 200);
      expectEqual("tags", tagsOf(reply) ?? [], []);
      expectEqual("Link", reply.headers["link"], undefined);
    },
  ],
  ...["0", "a", "a0", "latest", "zzz"].map(
    (last) =>
      [
        "MUST",
        `last=${last} gives the tags after it, without it`,
        async (registry: RegistryUnderTest) => {
          const repository = await pushTags(registry);
          const reply = expectStatus(await registry.send(`GET /v2/${repository}/tags/list?last=${last}`), 200);
          expectEqual(
            "tags",
            tagsOf(reply) ?? [],
            SORTED.filter((tag) => tag > last),
          );
        },
      ] as const,
  ),
  [
    "MUST",
    "n and last together give a page",
    async (registry) => {
      const repository = await pushTags(registry);
      const reply = expectStatus(await registry.send(`GET /v2/${repository}/tags/list?n=2&last=A`), 200);
      expectEqual("tags", tagsOf(reply), ["Z", "_x"]);
    },
  ],
  [
    "MAY",
    "the Link header leads through all pages and is missing at the end",
    async (registry) => {
      const repository = await pushTags(registry);
      const found: string[] = [];
      let next: string | undefined = `/v2/${repository}/tags/list?n=5`;
      for (let pages = 0; next !== undefined && pages < 10; pages += 1) {
        const reply: Reply = expectStatus(await registry.send(`GET ${next}`), 200);
        found.push(...(tagsOf(reply) ?? []));
        next = /<([^>]+)>; ?rel="?next"?/.exec(String(reply.headers["link"] ?? ""))?.[1];
      }
      expectEqual("tags", found, SORTED);
    },
  ],
  [
    "OWN",
    "an n that is no number is 400",
    async (registry) => {
      const repository = await pushTags(registry);
      for (const n of ["x", "-1", "1.5"]) {
        expectStatus(await registry.send(`GET /v2/${repository}/tags/list?n=${n}`), 400);
      }
    },
  ],
  [
    "MUST",
    "a repository of manifests without tags has an empty list",
    async (registry) => {
      const repository = registry.newRepository();
      const image = sampleImage();
      await pushManifest(registry, repository, image.descriptor.digest, image);
      const reply = expectStatus(await registry.send(`GET /v2/${repository}/tags/list`), 200);
      expectEqual("tags", tagsOf(reply) ?? [], []);
    },
  ],
  [
    "MUST",
    "the answer is JSON",
    async (registry) => {
      const repository = await pushTags(registry);
      const reply = expectStatus(await registry.send(`GET /v2/${repository}/tags/list`), 200);
      expectEqual("is JSON", expectHeader(reply, "content-type").startsWith("application/json"), true);
    },
  ],
]);

async function pushTags(registry: RegistryUnderTest): Promise<string> {
  const repository = registry.newRepository();
  const image = sampleImage();
  await pushManifest(registry, repository, image.descriptor.digest, image);
  for (const tag of TAGS) {
    expectStatus(await putManifest(registry, repository, tag, image), 201);
  }
  return repository;
}

function tagsOf(reply: Reply): readonly string[] | null {
  return (JSON.parse(reply.body.toString()) as { readonly tags: readonly string[] | null }).tags;
}
