// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { digestOf } from "#base";
import { type Check, clause } from "../check.ts";
import {
  expectEqual,
  expectErrorForm,
  expectHeader,
  expectStatus,
  notApplicableIf,
  unsupportedIf,
} from "../expectations.ts";
import type { RegistryUnderTest, Reply } from "../registry-under-test.ts";
import { beginUpload, pushBlob, pushManifest, sampleImage, withQuery } from "../sample-contents.ts";

const CHUNK = 100_000;

/** Uploads in pieces, given up, resumed, out of order; blobs of other repositories. */
export const UPLOAD_CHECKS: readonly Check[] = [
  ...clause("Pushing a blob in chunks", [
    ...[1, 2, 5].flatMap((count) =>
      [false, true].map(
        (isLastInPut) =>
          [
            "MUST",
            `${count} chunk${count === 1 ? "" : "s"}, the last one ${isLastInPut ? "with" : "before"} the end`,
            async (registry: RegistryUnderTest) => {
              const [bytes, repository] = [randomBytes(CHUNK * count), registry.newRepository()];
              let location = await beginUpload(registry, repository);
              for (let at = 0; at < bytes.length; at += CHUNK) {
                const isLast = at + CHUNK >= bytes.length;
                if (isLast && isLastInPut) {
                  const url = withQuery(location, { digest: digestOf(bytes) });
                  expectStatus(await sendChunk(registry, `PUT ${url}`, bytes, at), 201);
                } else {
                  const reply = expectStatus(await sendChunk(registry, `PATCH ${location}`, bytes, at), 202);
                  location = expectHeader(reply, "location");
                  expectEqual("Range", expectHeader(reply, "range"), `0-${at + CHUNK - 1}`);
                }
              }
              if (!isLastInPut) {
                const url = withQuery(location, { digest: digestOf(bytes) });
                expectHeader(expectStatus(await registry.send(`PUT ${url}`), 201), "location");
              }
              const pulled = await registry.send(`GET /v2/${repository}/blobs/${digestOf(bytes)}`);
              expectEqual("bytes", expectStatus(pulled, 200).body.equals(bytes), true);
            },
          ] as const,
      ),
    ),
    [
      "OWN",
      "a stream without Content-Range and Content-Length",
      async (registry) => {
        const [bytes, repository] = [randomBytes(CHUNK), registry.newRepository()];
        const location = await beginUpload(registry, repository);
        const headers = { "content-type": "application/octet-stream", "transfer-encoding": "chunked" };
        const reply = expectStatus(await registry.send(`PATCH ${location}`, { headers, body: bytes }), 202);
        const url = withQuery(expectHeader(reply, "location"), { digest: digestOf(bytes) });
        expectStatus(await registry.send(`PUT ${url}`), 201);
      },
    ],
    ...[
      { name: "that leaves a gap", start: CHUNK * 2 },
      { name: "that was sent already", start: 0 },
      { name: "that overlaps", start: CHUNK / 2 },
    ].map(
      ({ name, start }) =>
        [
          "MUST",
          `a chunk ${name} is 416, and the upload goes on where it was`,
          async (registry: RegistryUnderTest) => {
            const [bytes, repository] = [randomBytes(CHUNK * 3), registry.newRepository()];
            let location = await beginUpload(registry, repository);
            const first = expectStatus(await sendChunk(registry, `PATCH ${location}`, bytes, 0), 202);
            location = expectHeader(first, "location");
            expectStatus(await sendChunk(registry, `PATCH ${location}`, bytes, start), 416);
            const status = expectStatus(await registry.send(`GET ${location}`), 204);
            expectEqual("Range", expectHeader(status, "range"), `0-${CHUNK - 1}`);
            location = expectHeader(status, "location");
            for (const at of [CHUNK, CHUNK * 2]) {
              const reply = expectStatus(await sendChunk(registry, `PATCH ${location}`, bytes, at), 202);
              location = expectHeader(reply, "location");
            }
            expectStatus(await registry.send(`PUT ${withQuery(location, { digest: digestOf(bytes) })}`), 201);
          },
        ] as const,
    ),
    [
      "MUST",
      "a first chunk that does not begin at 0 is 416",
      async (registry) => {
        const location = await beginUpload(registry, registry.newRepository());
        expectStatus(await sendChunk(registry, `PATCH ${location}`, randomBytes(CHUNK * 2), CHUNK), 416);
      },
    ],
    [
      "MUST",
      "a last chunk out of order is 416",
      async (registry) => {
        const bytes = randomBytes(CHUNK * 3);
        const location = await beginUpload(registry, registry.newRepository());
        const first = expectStatus(await sendChunk(registry, `PATCH ${location}`, bytes, 0), 202);
        const url = withQuery(expectHeader(first, "location"), { digest: digestOf(bytes) });
        expectStatus(await sendChunk(registry, `PUT ${url}`, bytes, CHUNK * 2), 416);
      },
    ],
    [
      "MUST",
      "GET of an upload is 204 with its Location and Range",
      async (registry) => {
        const location = await beginUpload(registry, registry.newRepository());
        const bytes = randomBytes(CHUNK);
        const reply = expectStatus(await sendChunk(registry, `PATCH ${location}`, bytes, 0), 202);
        const status = expectStatus(await registry.send(`GET ${expectHeader(reply, "location")}`), 204);
        expectHeader(status, "location");
        expectEqual("Range", expectHeader(status, "range"), `0-${CHUNK - 1}`);
      },
    ],
    [
      "MUST",
      "chunks whose digest is another than the end says are 400",
      async (registry) => {
        const location = await beginUpload(registry, registry.newRepository());
        const reply = expectStatus(await sendChunk(registry, `PATCH ${location}`, randomBytes(CHUNK), 0), 202);
        const url = withQuery(expectHeader(reply, "location"), { digest: digestOf("other") });
        expectStatus(await registry.send(`PUT ${url}`), 400);
      },
    ],
    [
      "MAY",
      "OCI-Chunk-Min-Length, if it is there, is a number",
      async (registry) => {
        const reply = await registry.send(`POST /v2/${registry.newRepository()}/blobs/uploads/`);
        const value = expectStatus(reply, 202).headers["oci-chunk-min-length"];
        notApplicableIf(value === undefined, "the registry has no minimum");
        expectEqual("is a number", /^\d+$/.test(String(value)), true);
      },
    ],
    ...[1, 3].flatMap((count) =>
      [false, true].map(
        (isLastInPut) =>
          [
            "MAY",
            `a SHA-512 blob in ${count} chunk${count === 1 ? "" : "s"}, the last one ${isLastInPut ? "with" : "before"} the end`,
            async (registry: RegistryUnderTest) => {
              const [bytes, repository] = [randomBytes(CHUNK * count), registry.newRepository()];
              const digest = digestOf(bytes, "sha512");
              let location = await beginUpload(registry, repository);
              let end: Reply | undefined;
              for (let at = 0; at < bytes.length; at += CHUNK) {
                if (at + CHUNK >= bytes.length && isLastInPut) {
                  end = await sendChunk(registry, `PUT ${withQuery(location, { digest })}`, bytes, at);
                } else {
                  const reply = expectStatus(await sendChunk(registry, `PATCH ${location}`, bytes, at), 202);
                  location = expectHeader(reply, "location");
                }
              }
              end ??= await registry.send(`PUT ${withQuery(location, { digest })}`);
              expectStatus(unsupportedIf(end, 400), 201);
              const pulled = await registry.send(`GET /v2/${repository}/blobs/${digest}`);
              expectEqual("bytes", expectStatus(pulled, 200).body.equals(bytes), true);
            },
          ] as const,
      ),
    ),
    [
      "MAY",
      "chunks whose SHA-512 is another than the end says are 400",
      async (registry) => {
        const [bytes, repository] = [randomBytes(CHUNK), registry.newRepository()];
        const location = await beginUpload(registry, repository);
        const reply = expectStatus(await sendChunk(registry, `PATCH ${location}`, bytes, 0), 202);
        const digest = digestOf("other", "sha512");
        const url = withQuery(expectHeader(reply, "location"), { digest });
        expectStatus(await registry.send(`PUT ${url}`), 400);
        expectStatus(await registry.send(`HEAD /v2/${repository}/blobs/${digest}`), 400, 404);
      },
    ],
    [
      "MUST",
      "the end gives a Location that can be pulled",
      async (registry) => {
        const [bytes, repository] = [randomBytes(CHUNK * 2), registry.newRepository()];
        const location = await beginUpload(registry, repository);
        const first = expectStatus(await sendChunk(registry, `PATCH ${location}`, bytes, 0), 202);
        const url = withQuery(expectHeader(first, "location"), { digest: digestOf(bytes) });
        const end = expectStatus(await sendChunk(registry, `PUT ${url}`, bytes, CHUNK), 201);
        const pulled = expectStatus(await registry.send(`GET ${expectHeader(end, "location")}`), 200);
        expectEqual("bytes", pulled.body.equals(bytes), true);
      },
    ],
    [
      "MUST",
      "the answer to a chunk out of order has a code of the specification",
      async (registry) => {
        const location = await beginUpload(registry, registry.newRepository());
        const reply = await sendChunk(registry, `PATCH ${location}`, randomBytes(CHUNK * 2), CHUNK);
        notApplicableIf(reply.status < 400, "it is taken");
        expectErrorForm(reply);
      },
    ],
    [
      "MUST",
      "GET of an upload that there is not any more is 404, with a code of the specification",
      async (registry) => {
        const location = await beginUpload(registry, registry.newRepository());
        expectStatus(unsupportedIf(await registry.send(`DELETE ${location}`), 405), 204);
        expectErrorForm(expectStatus(await registry.send(`GET ${location}`), 404));
      },
    ],
    ...["bytes=0-99", "0-", "x-y", "-1-99"].map(
      (range) =>
        [
          "OWN",
          `a Content-Range of ${JSON.stringify(range)} is refused`,
          async (registry: RegistryUnderTest) => {
            const location = await beginUpload(registry, registry.newRepository());
            const headers = { "content-type": "application/octet-stream", "content-range": range };
            const reply = await registry.send(`PATCH ${location}`, { headers, body: randomBytes(100) });
            expectStatus(reply, 400, 416);
          },
        ] as const,
    ),
  ]),
  ...clause("Cancel a blob upload", [
    [
      "SHOULD",
      "DELETE of an upload is 204, and the upload is gone",
      async (registry) => {
        const location = await beginUpload(registry, registry.newRepository());
        expectStatus(unsupportedIf(await registry.send(`DELETE ${location}`), 405), 204);
        expectStatus(await registry.send(`GET ${location}`), 404);
        expectStatus(await sendChunk(registry, `PATCH ${location}`, randomBytes(CHUNK), 0), 404);
      },
    ],
  ]),
  ...clause("Mounting a blob from another repository", [
    [
      "MUST",
      "a blob that is there is mounted (201 with a Location), or an upload begins (202)",
      async (registry) => {
        const { bytes, source, target } = await pushedElsewhere(registry);
        const reply = await registry.send(`POST /v2/${target}/blobs/uploads/?mount=${digestOf(bytes)}&from=${source}`);
        const location = expectHeader(expectStatus(reply, 201, 202), "location");
        unsupportedIf(reply, 202);
        const pulled = await registry.send(`GET ${location}`);
        expectEqual("bytes", expectStatus(pulled, 200).body.equals(bytes), true);
      },
    ],
    [
      "MAY",
      "without from, a blob of any repository is mounted, or an upload begins",
      async (registry) => {
        const { bytes, target } = await pushedElsewhere(registry);
        const reply = await registry.send(`POST /v2/${target}/blobs/uploads/?mount=${digestOf(bytes)}`);
        expectHeader(expectStatus(reply, 201, 202), "location");
        unsupportedIf(reply, 202);
        expectStatus(await registry.send(`HEAD /v2/${target}/blobs/${digestOf(bytes)}`), 200);
      },
    ],
    [
      "SHOULD",
      "a blob that is not there begins an upload that can be finished",
      async (registry) => {
        const [bytes, target] = [randomBytes(100), registry.newRepository()];
        const line = `POST /v2/${target}/blobs/uploads/?mount=${digestOf(bytes)}&from=${registry.newRepository()}`;
        const reply = expectStatus(await registry.send(line), 202);
        const url = withQuery(expectHeader(reply, "location"), { digest: digestOf(bytes) });
        expectStatus(await registry.send(`PUT ${url}`, { body: bytes }), 201);
      },
    ],
    [
      "MUST",
      "a blob is not in a repository before it was mounted there",
      async (registry) => {
        const { bytes, target } = await pushedElsewhere(registry);
        expectStatus(await registry.send(`HEAD /v2/${target}/blobs/${digestOf(bytes)}`), 404);
      },
    ],
    [
      "MUST",
      "an image of mounted blobs can be pushed and pulled",
      async (registry) => {
        const image = sampleImage();
        const [source, target] = [registry.newRepository(), registry.newRepository()];
        await pushManifest(registry, source, "v1", image);
        for (const blob of image.blobs) {
          const line = `POST /v2/${target}/blobs/uploads/?mount=${digestOf(blob)}&from=${source}`;
          unsupportedIf(await registry.send(line), 202);
        }
        await pushManifest(registry, target, "v1", { ...image, blobs: [] });
        expectStatus(await registry.send(`GET /v2/${target}/manifests/v1`), 200);
      },
    ],
  ]),
];

async function pushedElsewhere(registry: RegistryUnderTest) {
  const [bytes, source, target] = [randomBytes(1000), registry.newRepository(), registry.newRepository()];
  await pushBlob(registry, source, bytes);
  return { bytes, source, target };
}

async function sendChunk(registry: RegistryUnderTest, line: string, bytes: Buffer, at: number): Promise<Reply> {
  const chunk = bytes.subarray(at, at + CHUNK);
  return await registry.send(line, {
    headers: {
      "content-type": "application/octet-stream",
      "content-range": `${at}-${at + chunk.length - 1}`,
    },
    body: chunk,
  });
}
