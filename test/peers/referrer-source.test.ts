// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll } from "vitest";
import { openRepository } from "#image-source";
import type { ReferrerSource } from "#signatures";
import { describeReferrerSourceContract, type TestRepository } from "../support/contracts/referrer-source.ts";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.ts";
import { startTestRegistry, TEST_ACCOUNTS, type TestRegistry } from "../support/registry-server.ts";
import { describeWithTools } from "../support/tools.ts";

let repositories = 0;

/** A repository of its own in the registry, with everything pushed by our own client, which reads it as well. */
async function push(
  host: string,
  content: TestRepository,
): Promise<{ readonly source: ReferrerSource; readonly close: () => Promise<void> }> {
  repositories += 1;
  const client = await openRepository(
    { registry: host, repository: `team/contract-${repositories}` },
    {
      credentials: { username: "uploader", password: TEST_ACCOUNTS.uploader.password },
      scopes: ["pull", "push"],
    },
  );
  const { subject, referrers, tagged, blobs } = content;
  for (const bytes of blobs.values()) {
    await client.pushBlob(bytes);
  }
  await client.pushManifest(subject.digest, subject.mediaType, subject.bytes);
  for (const referrer of referrers) {
    await client.attachReferrer(subject.digest, referrer);
  }
  await client.pushManifest(tagged.tag, tagged.manifest.mediaType, tagged.manifest.bytes);
  return { source: client, close: async () => await client[Symbol.asyncDispose]() };
}

let ours: TestRegistry;
beforeAll(async () => {
  ours = await startTestRegistry();
});
afterAll(async () => {
  await ours[Symbol.asyncDispose]();
});

describeReferrerSourceContract("our registry", async (content) => await push(ours.host, content));

describeWithTools("Debian's registry", ["docker-registry"], () => {
  let docker: DockerRegistry;
  beforeAll(async () => {
    docker = await startDockerRegistry();
  });
  afterAll(async () => {
    await docker[Symbol.asyncDispose]();
  });

  describeReferrerSourceContract(
    "docker-registry 2.8, which has no referrers API",
    async (content) => await push(docker.host, content),
  );
});
