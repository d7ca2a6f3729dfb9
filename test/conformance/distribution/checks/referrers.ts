// SPDX-License-Identifier: Apache-2.0
import { digestOf } from "#base";
import { type Check, clause } from "../check.ts";
import { expectEqual, expectHeader, expectStatus, unsupportedIf } from "../expectations.ts";
import type { RegistryUnderTest, Reply } from "../registry-under-test.ts";
import {
  OCI_INDEX_TYPE,
  OCI_MANIFEST_TYPE,
  pushManifest,
  putManifest,
  type SampleManifest,
  sampleArtifact,
  sampleImage,
  sampleIndex,
} from "../sample-contents.ts";

const TYPES: readonly string[] = ["application/vnd.example.signature", "application/vnd.example.sbom"];

/** What is attached to a manifest. */
export const REFERRER_CHECKS: readonly Check[] = [
  ...clause("Listing Referrers", [
    [
      "MUST",
      "a digest that nothing refers to has an empty index",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        await pushManifest(registry, repository, "v1", image);
        for (const digest of [image.descriptor.digest, digestOf("nobody")]) {
          const reply = await list(registry, repository, digest);
          expectEqual("Content-Type", expectHeader(reply, "content-type"), OCI_INDEX_TYPE);
          const { schemaVersion, mediaType, manifests } = JSON.parse(reply.body.toString()) as Record<string, unknown>;
          expectEqual(
            "index",
            { schemaVersion, mediaType, manifests },
            { schemaVersion: 2, mediaType: OCI_INDEX_TYPE, manifests: [] },
          );
        }
      },
    ],
    ...REFERRERS().map(
      ({ name, make, artifactType }) =>
        [
          "MUST",
          `${name} is listed with media type, digest, size, artifact type and annotations`,
          async (registry: RegistryUnderTest) => {
            const repository = registry.newRepository();
            const image = sampleImage();
            await pushManifest(registry, repository, "v1", image);
            const referrer = make(image);
            await pushManifest(registry, repository, referrer.descriptor.digest, referrer);
            const reply = await list(registry, repository, image.descriptor.digest);
            expectEqual("referrers", manifestsOf(reply).map(sortFields), [
              sortFields({
                ...referrer.descriptor,
                ...(artifactType === undefined ? {} : { artifactType }),
                annotations: ANNOTATIONS,
              }),
            ]);
          },
        ] as const,
    ),
    [
      "MAY",
      "referrers of a subject by SHA-512 are listed",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage({}, { algorithm: "sha512" });
        const referrer = sampleArtifact(TYPES[0] ?? "", { subject: image.descriptor });
        await pushManifest(registry, repository, referrer.descriptor.digest, referrer);
        const reply = await registry.send(`GET /v2/${repository}/referrers/${image.descriptor.digest}`);
        expectEqual("digests", digestsOf(expectStatus(unsupportedIf(reply, 400, 404), 200)), [
          referrer.descriptor.digest,
        ]);
      },
    ],
    [
      "MUST",
      "the answer is an OCI index, and not 404, in a repository that is there",
      async (registry) => {
        const repository = registry.newRepository();
        await pushManifest(registry, repository, "v1", sampleImage());
        const reply = await list(registry, repository, digestOf("nobody"));
        expectEqual("Content-Type", expectHeader(reply, "content-type"), OCI_INDEX_TYPE);
      },
    ],
    [
      "MUST",
      "referrers of a subject that is missing are listed",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        const referrer = sampleArtifact(TYPES[0] ?? "", { subject: image.descriptor });
        await pushManifest(registry, repository, referrer.descriptor.digest, referrer);
        const reply = await list(registry, repository, image.descriptor.digest);
        expectEqual("digests", digestsOf(reply), [referrer.descriptor.digest]);
      },
    ],
    [
      "MUST",
      "all of several referrers are listed, through the Link header if need be",
      async (registry) => {
        const repository = registry.newRepository();
        const { image, referrers } = await pushReferrers(registry, repository, 12);
        const found: string[] = [];
        let next: string | undefined = `/v2/${repository}/referrers/${image.descriptor.digest}`;
        while (next !== undefined && found.length < 100) {
          const reply: Reply = expectStatus(unsupportedIf(await registry.send(`GET ${next}`), 404), 200);
          found.push(...digestsOf(reply));
          next = /<([^>]+)>; ?rel="?next"?/.exec(String(reply.headers["link"] ?? ""))?.[1];
        }
        expectEqual("digests", found.toSorted(), referrers.map((each) => each.descriptor.digest).toSorted());
      },
    ],
    [
      "SHOULD",
      "artifactType filters by the type of a config, too",
      async (registry) => {
        const repository = registry.newRepository();
        const { image } = await pushReferrers(registry, repository, 2);
        const attached = sampleImage({ subject: image.descriptor });
        await pushManifest(registry, repository, attached.descriptor.digest, attached);
        const query = "artifactType=application%2Fvnd.oci.image.config.v1%2Bjson";
        const reply = await list(registry, repository, `${image.descriptor.digest}?${query}`);
        unsupportedIf({ ...reply, status: reply.headers["oci-filters-applied"] === undefined ? 501 : 200 }, 501);
        expectEqual("digests", digestsOf(reply), [attached.descriptor.digest]);
      },
    ],
    [
      "SHOULD",
      "artifactType filters, and OCI-Filters-Applied says so",
      async (registry) => {
        const repository = registry.newRepository();
        const { image, referrers } = await pushReferrers(registry, repository, 4);
        const query = `artifactType=${encodeURIComponent(TYPES[1] ?? "")}`;
        const reply = await list(registry, repository, `${image.descriptor.digest}?${query}`);
        expectEqual("OCI-Filters-Applied", reply.headers["oci-filters-applied"], "artifactType");
        const wanted = referrers.filter((_, index) => index % 2 === 1).map((each) => each.descriptor.digest);
        expectEqual("digests", digestsOf(reply).toSorted(), wanted.toSorted());
      },
    ],
    [
      "MUST",
      "without a filter OCI-Filters-Applied is missing",
      async (registry) => {
        const repository = registry.newRepository();
        const { image } = await pushReferrers(registry, repository, 1);
        const reply = await list(registry, repository, image.descriptor.digest);
        expectEqual("OCI-Filters-Applied", reply.headers["oci-filters-applied"], undefined);
      },
    ],
    [
      "MUST",
      "referrers of another repository are not listed",
      async (registry) => {
        const repository = registry.newRepository();
        const { image } = await pushReferrers(registry, repository, 1);
        expectEqual("digests", digestsOf(await list(registry, registry.newRepository(), image.descriptor.digest)), []);
      },
    ],
    [
      "MUST",
      "a referrer that was deleted is not listed any more",
      async (registry) => {
        const repository = registry.newRepository();
        const { image, referrers } = await pushReferrers(registry, repository, 2);
        const [gone, stays] = referrers;
        const line = `DELETE /v2/${repository}/manifests/${gone?.descriptor.digest ?? ""}`;
        expectStatus(unsupportedIf(await registry.send(line), 405), 202);
        const reply = await list(registry, repository, image.descriptor.digest);
        expectEqual("digests", digestsOf(reply), [stays?.descriptor.digest]);
      },
    ],
    ...["sha256:abc", "latest", "md5:d41d8cd98f00b204e9800998ecf8427e"].map(
      (text) =>
        [
          "MUST",
          `referrers of ${JSON.stringify(text.slice(0, 12))}, which is no digest, are 400`,
          async (registry: RegistryUnderTest) => {
            const reply = await registry.send(`GET /v2/${registry.newRepository()}/referrers/${text}`);
            expectStatus(unsupportedIf(reply, 404), 400);
          },
        ] as const,
    ),
  ]),
  ...clause("Pushing Manifests with Subject", [
    [
      "MUST",
      "the answer names the subject in OCI-Subject",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        const referrer = sampleArtifact(TYPES[0] ?? "", { subject: image.descriptor });
        const pushed = await pushManifest(registry, repository, referrer.descriptor.digest, referrer);
        unsupportedIf(await registry.send(`GET /v2/${repository}/referrers/${image.descriptor.digest}`), 404);
        expectEqual("OCI-Subject", pushed.headers["oci-subject"], image.descriptor.digest);
      },
    ],
    [
      "MUST",
      "a manifest without subject has no OCI-Subject",
      async (registry) => {
        const pushed = await pushManifest(registry, registry.newRepository(), "v1", sampleImage());
        expectEqual("OCI-Subject", pushed.headers["oci-subject"], undefined);
      },
    ],
  ]),
  ...clause("Unavailable Referrers API", [
    [
      "MUST",
      "clients can keep the list under a tag made of the digest",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        const referrer = sampleArtifact(TYPES[0] ?? "", { subject: image.descriptor });
        await pushManifest(registry, repository, "v1", image);
        await pushManifest(registry, repository, referrer.descriptor.digest, referrer);
        const tag = image.descriptor.digest.replace(":", "-");
        const listed = sampleIndex([{ ...referrer, blobs: [], children: [] }]);
        expectStatus(await putManifest(registry, repository, tag, listed), 201);
        const reply = expectStatus(
          await registry.send(`GET /v2/${repository}/manifests/${tag}`, { headers: { accept: OCI_INDEX_TYPE } }),
          200,
        );
        expectEqual("bytes", reply.body.equals(listed.bytes), true);
      },
    ],
  ]),
];

const ANNOTATIONS: Readonly<Record<string, string>> = { "org.example.note": "attached" };

function REFERRERS(): readonly {
  readonly name: string;
  readonly artifactType?: string;
  readonly make: (image: SampleManifest) => SampleManifest;
}[] {
  const annotations = { "org.example.note": "attached" };
  return [
    {
      name: "an artifact",
      artifactType: TYPES[0] ?? "",
      make: (image) => sampleArtifact(TYPES[0] ?? "", { subject: image.descriptor, annotations }),
    },
    {
      name: "an image (its config's type is the artifact type)",
      artifactType: "application/vnd.oci.image.config.v1+json",
      make: (image) => sampleImage({ subject: image.descriptor, annotations }),
    },
    {
      name: "an image with an empty artifact type (its config's type is the artifact type)",
      artifactType: "application/vnd.oci.image.config.v1+json",
      make: (image) => sampleImage({ artifactType: "", subject: image.descriptor, annotations }),
    },
    {
      name: "an index with an artifact type",
      artifactType: TYPES[1] ?? "",
      make: (image) => sampleIndex([sampleImage()], { artifactType: TYPES[1], subject: image.descriptor, annotations }),
    },
    {
      name: "an index without an artifact type",
      make: (image) => sampleIndex([sampleImage()], { subject: image.descriptor, annotations }),
    },
  ];
}

async function pushReferrers(registry: RegistryUnderTest, repository: string, count: number) {
  const image = sampleImage();
  await pushManifest(registry, repository, "v1", image);
  const referrers: SampleManifest[] = [];
  for (let n = 0; n < count; n += 1) {
    const subject = { mediaType: OCI_MANIFEST_TYPE, digest: image.descriptor.digest, size: image.descriptor.size };
    const referrer = sampleArtifact(TYPES[n % 2] ?? "", { subject });
    await pushManifest(registry, repository, referrer.descriptor.digest, referrer);
    referrers.push(referrer);
  }
  return { image, referrers };
}

/** A registry without the API answers 404 (distribution-spec, "Enabling the Referrers API"). */
async function list(registry: RegistryUnderTest, repository: string, digest: string): Promise<Reply> {
  return expectStatus(unsupportedIf(await registry.send(`GET /v2/${repository}/referrers/${digest}`), 404), 200);
}

function manifestsOf(reply: Reply): readonly Readonly<Record<string, unknown>>[] {
  return (JSON.parse(reply.body.toString()) as { readonly manifests: readonly Record<string, unknown>[] }).manifests;
}

function digestsOf(reply: Reply): readonly string[] {
  return manifestsOf(reply).map((each) => String(each["digest"]));
}

function sortFields(descriptor: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(Object.entries(descriptor).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
