// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { testManifest } from "../../../../test/support/contracts/database.ts";
import { buildImage, buildIndex, type TestImage } from "../../../../test/support/image-builder.ts";
import { openTestDatabase } from "../../../../test/support/postgres.ts";
import { collectFacts, type FactsSources } from "./collect-facts.ts";

const PUSHED_AT = "2026-05-01T00:00:00.000Z";
const IMAGE = buildImage([{ entries: [{ path: "a" }] }], { config: { User: "1000" }, created: "2020-01-01T00:00:00Z" });
const INDEX = buildIndex([{ image: IMAGE, os: "linux", architecture: "amd64" }]);
const ASKED = { withParents: false, config: true, created: true };

async function registryWith(...images: readonly { readonly image: TestImage; readonly kind: "image" | "index" }[]) {
  const database = await openTestDatabase();
  for (const { image, kind } of images) {
    const { digest, mediaType } = image.manifest;
    await database.registry.putManifest(
      testManifest({ digest, mediaType, kind, pushedAt: PUSHED_AT, references: [] }),
      undefined,
    );
  }
  const contents = new Map([...INDEX.blobs]);
  const sources: FactsSources = {
    registry: database.registry,
    scans: database.scans,
    blobs: { read: (digest) => Promise.resolve(contents.get(digest)) },
  };
  return { database, sources, contents };
}

it("an image of our registry is as old as its first push here, and runs as its configuration says", async () => {
  const { database, sources } = await registryWith({ image: IMAGE, kind: "image" });
  const again = testManifest({ digest: IMAGE.manifest.digest, pushedAt: "2026-09-01T00:00:00.000Z", references: [] });
  await database.registry.putManifest(again, "again");
  const image = { repository: "team/app", digest: IMAGE.manifest.digest };
  const { facts } = await collectFacts(sources, image, ASKED);
  expect(facts).toMatchObject({ created: { at: PUSHED_AT, from: "push" }, config: { user: "1000" } });
});

it("so is each child of an index", async () => {
  const { sources } = await registryWith({ image: IMAGE, kind: "image" }, { image: INDEX, kind: "index" });
  const image = { repository: "team/app", digest: INDEX.manifest.digest };
  const { facts } = await collectFacts(sources, image, ASKED);
  expect(facts).toMatchObject({
    kind: "index",
    children: [{ created: { at: PUSHED_AT, from: "push" }, config: { user: "1000" } }],
  });
});

it("a configuration that cannot be read is not known, which is not the same as root", async () => {
  const { sources, contents } = await registryWith({ image: IMAGE, kind: "image" });
  const { config } = JSON.parse(String(contents.get(IMAGE.manifest.digest))) as { config: { digest: never } };
  contents.set(config.digest, Buffer.from("{}"));
  const image = { repository: "team/app", digest: IMAGE.manifest.digest };
  const { facts } = await collectFacts(sources, image, ASKED);
  expect(facts).not.toHaveProperty("config");
});

it("neither is looked up where no policy asks", async () => {
  const { sources } = await registryWith({ image: IMAGE, kind: "image" });
  const { facts } = await collectFacts(sources, { repository: "team/app", digest: IMAGE.manifest.digest });
  expect(facts).not.toHaveProperty("config");
  expect(facts).not.toHaveProperty("created");
});
