// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { digestOf } from "#base";
import { type Check, clause } from "../check.ts";
import { expectEqual, expectHeader, expectStatus, unsupportedIf } from "../expectations.ts";
import type { RegistryUnderTest } from "../registry-under-test.ts";
import { beginUpload, pushBlob, withQuery } from "../sample-contents.ts";

const SIZES: readonly number[] = [0, 1, 1_000, 300_000, 3_000_000];
const TYPE = { "content-type": "application/octet-stream" };

/** Blobs pushed at once, pulled whole and in part. */
export const BLOB_CHECKS: readonly Check[] = [
  ...clause("POST then PUT", [
    ...SIZES.map(
      (size) =>
        [
          "MUST",
          `a blob of ${size} bytes: 202 with a Location, then 201 with a Location that can be pulled`,
          async (registry: RegistryUnderTest) => {
            const [bytes, repository] = [randomBytes(size), registry.newRepository()];
            const begun = expectStatus(await registry.send(`POST /v2/${repository}/blobs/uploads/`), 202);
            const url = withQuery(expectHeader(begun, "location"), { digest: digestOf(bytes) });
            const reply = expectStatus(await registry.send(`PUT ${url}`, { headers: TYPE, body: bytes }), 201);
            const pulled = expectStatus(await registry.send(`GET ${expectHeader(reply, "location")}`), 200);
            expectEqual("bytes", pulled.body.equals(bytes), true);
          },
        ] as const,
    ),
    [
      "OWN",
      "a blob that arrives with Transfer-Encoding: chunked",
      async (registry) => {
        const [bytes, repository] = [randomBytes(100_000), registry.newRepository()];
        const url = withQuery(await beginUpload(registry, repository), { digest: digestOf(bytes) });
        const headers = { ...TYPE, "transfer-encoding": "chunked" };
        expectStatus(await registry.send(`PUT ${url}`, { headers, body: bytes }), 201);
        await expectPulled(registry, repository, bytes);
      },
    ],
    [
      "MUST",
      "a blob with a wrong digest is 400, and is not there",
      async (registry) => {
        const repository = registry.newRepository();
        const url = withQuery(await beginUpload(registry, repository), { digest: digestOf("right") });
        expectStatus(await registry.send(`PUT ${url}`, { headers: TYPE, body: "wrong" }), 400);
        for (const text of ["right", "wrong"]) {
          expectStatus(await registry.send(`HEAD /v2/${repository}/blobs/${digestOf(text)}`), 404);
        }
      },
    ],
    [
      "MUST",
      "each upload has a Location of its own, with a UUID in it",
      async (registry) => {
        const repository = registry.newRepository();
        const [a, b] = [await beginUpload(registry, repository), await beginUpload(registry, repository)];
        expectEqual("are two", a !== b, true);
        for (const location of [a, b]) {
          expectEqual("has a UUID", /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.test(location), true);
        }
      },
    ],
    [
      "MUST",
      "the end of an upload needs a digest",
      async (registry) => {
        const location = await beginUpload(registry, registry.newRepository());
        expectStatus(await registry.send(`PUT ${location}`, { headers: TYPE, body: "x" }), 400);
      },
    ],
  ]),
  ...clause("Single POST", [
    ...SIZES.map(
      (size) =>
        [
          "SHOULD",
          `a blob of ${size} bytes: 201 with a Location, or 202 to go on with PUT`,
          async (registry: RegistryUnderTest) => {
            const [bytes, repository] = [randomBytes(size), registry.newRepository()];
            const line = `POST /v2/${repository}/blobs/uploads/?digest=${digestOf(bytes)}`;
            const reply = expectStatus(await registry.send(line, { headers: TYPE, body: bytes }), 201, 202);
            const location = expectHeader(reply, "location");
            unsupportedIf(reply, 202);
            const pulled = expectStatus(await registry.send(`GET ${location}`), 200);
            expectEqual("bytes", pulled.body.equals(bytes), true);
          },
        ] as const,
    ),
    [
      "MUST",
      "a wrong digest is 400",
      async (registry) => {
        const line = `POST /v2/${registry.newRepository()}/blobs/uploads/?digest=${digestOf("right")}`;
        const reply = await registry.send(line, { headers: TYPE, body: "wrong" });
        unsupportedIf(reply, 202);
        expectStatus(reply, 400);
      },
    ],
    ...["sha256", "sha512"].map(
      (algorithm) =>
        [
          "MAY",
          `an upload may be begun with ?digest-algorithm=${algorithm}`,
          async (registry: RegistryUnderTest) => {
            const [bytes, repository] = [randomBytes(100), registry.newRepository()];
            const line = `POST /v2/${repository}/blobs/uploads/?digest-algorithm=${algorithm}`;
            const location = expectHeader(expectStatus(await registry.send(line), 202), "location");
            const digest = digestOf(bytes, algorithm === "sha512" ? "sha512" : "sha256");
            const end = await registry.send(`PUT ${withQuery(location, { digest })}`, { headers: TYPE, body: bytes });
            expectStatus(unsupportedIf(end, 400), 201);
            expectStatus(await registry.send(`GET /v2/${repository}/blobs/${digest}`), 200);
          },
        ] as const,
    ),
  ]),
  ...clause("Pulling blobs", [
    ...SIZES.map(
      (size) =>
        [
          "MUST",
          `a blob of ${size} bytes is 200 with its bytes, its length and its digest`,
          async (registry: RegistryUnderTest) => {
            const [bytes, repository] = [randomBytes(size), registry.newRepository()];
            await pushBlob(registry, repository, bytes);
            const reply = expectStatus(await registry.send(`GET /v2/${repository}/blobs/${digestOf(bytes)}`), 200);
            expectEqual("bytes", reply.body.equals(bytes), true);
            expectEqual("Content-Length", reply.headers["content-length"], String(size));
            expectEqual("Docker-Content-Digest", reply.headers["docker-content-digest"], digestOf(bytes));
          },
        ] as const,
    ),
    [
      "MUST",
      "a blob of another repository is 404",
      async (registry) => {
        const bytes = randomBytes(100);
        await pushBlob(registry, registry.newRepository(), bytes);
        expectStatus(await registry.send(`GET /v2/${registry.newRepository()}/blobs/${digestOf(bytes)}`), 404);
      },
    ],
    ...[
      { range: "bytes=0-9", start: 0, end: 10 },
      { range: "bytes=10-10", start: 10, end: 11 },
      { range: "bytes=990-", start: 990, end: 1000 },
      { range: "bytes=-7", start: 993, end: 1000 },
      { range: "bytes=500-99999", start: 500, end: 1000 },
    ].map(
      ({ range, start, end }) =>
        [
          "SHOULD",
          `Range: ${range} gives a part (206)`,
          async (registry: RegistryUnderTest) => {
            const [bytes, repository] = [randomBytes(1000), registry.newRepository()];
            await pushBlob(registry, repository, bytes);
            const reply = await registry.send(`GET /v2/${repository}/blobs/${digestOf(bytes)}`, { headers: { range } });
            expectStatus(unsupportedIf(reply, 200), 206);
            expectEqual("bytes", reply.body.equals(bytes.subarray(start, end)), true);
            expectEqual("Content-Range", reply.headers["content-range"], `bytes ${start}-${end - 1}/1000`);
          },
        ] as const,
    ),
    [
      "SHOULD",
      "a range after the end is 416",
      async (registry) => {
        const [bytes, repository] = [randomBytes(10), registry.newRepository()];
        await pushBlob(registry, repository, bytes);
        const headers = { range: "bytes=10-20" };
        const reply = await registry.send(`GET /v2/${repository}/blobs/${digestOf(bytes)}`, { headers });
        expectStatus(unsupportedIf(reply, 200), 416);
      },
    ],
  ]),
  ...clause("Checking if content exists in the registry", [
    ...SIZES.map(
      (size) =>
        [
          "MUST",
          `HEAD of a blob of ${size} bytes is 200 without a body`,
          async (registry: RegistryUnderTest) => {
            const [bytes, repository] = [randomBytes(size), registry.newRepository()];
            await pushBlob(registry, repository, bytes);
            const reply = expectStatus(await registry.send(`HEAD /v2/${repository}/blobs/${digestOf(bytes)}`), 200);
            expectEqual("body", reply.body.length, 0);
            expectEqual("Content-Length", reply.headers["content-length"], String(size));
            expectEqual("Docker-Content-Digest", reply.headers["docker-content-digest"], digestOf(bytes));
          },
        ] as const,
    ),
    ...["blobs", "manifests"].map(
      (kind) =>
        [
          "MUST",
          `HEAD of ${kind} that nobody pushed is 404`,
          async (registry: RegistryUnderTest) => {
            const repository = registry.newRepository();
            expectStatus(await registry.send(`HEAD /v2/${repository}/${kind}/${digestOf("absent")}`), 404);
            await pushBlob(registry, repository, randomBytes(10));
            expectStatus(await registry.send(`HEAD /v2/${repository}/${kind}/${digestOf("absent")}`), 404);
          },
        ] as const,
    ),
  ]),
];

async function expectPulled(registry: RegistryUnderTest, repository: string, bytes: Buffer): Promise<void> {
  const reply = expectStatus(await registry.send(`GET /v2/${repository}/blobs/${digestOf(bytes)}`), 200);
  expectEqual("bytes", reply.body.equals(bytes), true);
}
