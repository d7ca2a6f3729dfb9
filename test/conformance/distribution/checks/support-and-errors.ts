// SPDX-License-Identifier: Apache-2.0
import { digestOf } from "#base";
import { type Check, clause } from "../check.ts";
import {
  expectEqual,
  expectErrorBody,
  expectErrorForm,
  expectHeader,
  expectStatus,
  notApplicableIf,
  unsupportedIf,
} from "../expectations.ts";
import type { RegistryUnderTest } from "../registry-under-test.ts";
import { beginUpload, pushBlob, pushManifest, putManifest, sampleImage, withQuery } from "../sample-contents.ts";

/** Of the catalog, which may have what earlier checks pushed. */
const MAX_PAGES = 100;

const ABSENT = digestOf("nobody ever pushed this");

const INVALID_NAMES: readonly string[] = ["UPPER/case", "a//b", "-a/b", "a/.b", "a/b_", "a/b..c", "a/___b", "a b"];

/** Requests that registries refuse, each in the repository NAME, which has a blob and a tag. */
const REFUSED: readonly {
  readonly name: string;
  readonly line: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly statuses: readonly number[];
}[] = [
  {
    name: "a range after the end",
    line: `GET /v2/NAME/blobs/${digestOf("there")}`,
    headers: { range: "bytes=100-" },
    statuses: [416],
  },
  { name: "n that is no number", line: "GET /v2/NAME/tags/list?n=x", statuses: [400] },
  {
    name: "a tag that is none",
    line: "PUT /v2/NAME/manifests/.none",
    headers: { "content-type": "application/vnd.oci.image.manifest.v1+json" },
    body: "{}",
    statuses: [400, 404],
  },
  { name: "a method that there is not", line: "PATCH /v2/NAME/tags/list", statuses: [405] },
  { name: "a repository name that is none", line: "POST /v2/NAME/A/blobs/uploads/", statuses: [400, 404] },
  { name: "a path that there is not", line: "GET /v2/NAME/nothing", statuses: [400, 404] },
  {
    name: "a manifest that is too large",
    line: "PUT /v2/NAME/manifests/large",
    headers: { "content-type": "application/vnd.oci.image.manifest.v1+json" },
    body: " ".repeat(24 * 1024 * 1024),
    statuses: [400, 413],
  },
  {
    name: "a manifest of no type",
    line: "PUT /v2/NAME/manifests/v1",
    headers: { "content-type": "text/plain" },
    body: "{}",
    statuses: [400, 415],
  },
  {
    name: "a digest of an algorithm that nobody knows",
    line: "GET /v2/NAME/blobs/crc32:00000000",
    statuses: [400, 404],
  },
];

/** Determining support, names and the form of errors. */
export const SUPPORT_AND_ERROR_CHECKS: readonly Check[] = [
  ...clause("Determining Support", [
    [
      "MUST",
      "GET /v2/ is answered with 200",
      async (registry) => {
        expectStatus(await registry.send("GET /v2/"), 200);
      },
    ],
  ]),
  ...clause("Error Codes", [
    ...[
      { name: "an unknown manifest", line: `manifests/${ABSENT}`, codes: ["MANIFEST_UNKNOWN", "NAME_UNKNOWN"] },
      { name: "an unknown tag", line: "manifests/nobody", codes: ["MANIFEST_UNKNOWN", "NAME_UNKNOWN"] },
      { name: "an unknown blob", line: `blobs/${ABSENT}`, codes: ["BLOB_UNKNOWN", "NAME_UNKNOWN"] },
      { name: "the tags of an unknown repository", line: "tags/list", codes: ["NAME_UNKNOWN"] },
    ].map(
      ({ name, line, codes }) =>
        [
          "MUST",
          `${name} is 404 with a body of the specified form`,
          async (registry: RegistryUnderTest) => {
            const reply = expectStatus(await registry.send(`GET /v2/${registry.newRepository()}/${line}`), 404);
            const found = expectErrorBody(reply);
            if (!found.some((code) => codes.includes(code))) {
              throw new Error(`expected one of ${codes.join(", ")}, found ${found.join(", ")}`);
            }
          },
        ] as const,
    ),
    [
      "MUST",
      "an upload that is unknown is 404 BLOB_UPLOAD_UNKNOWN",
      async (registry) => {
        const repository = registry.newRepository();
        const location = await beginUpload(registry, repository);
        expectStatus(await registry.send(`DELETE ${location}`), 204);
        const reply = expectStatus(
          await registry.send(`PUT ${withQuery(location, { digest: digestOf("x") })}`, { body: "x" }),
          404,
        );
        expectEqual("code", expectErrorBody(reply), ["BLOB_UPLOAD_UNKNOWN"]);
      },
    ],
    [
      "MUST",
      "a manifest that is no JSON is 400 MANIFEST_INVALID",
      async (registry) => {
        const { mediaType } = sampleImage();
        const reply = await putManifest(registry, registry.newRepository(), "bad", {
          mediaType,
          bytes: Buffer.from("{not json"),
        });
        expectEqual("code", expectErrorBody(expectStatus(reply, 400)), ["MANIFEST_INVALID"]);
      },
    ],
    [
      "MUST",
      "content of another digest than it was pushed with is 400 DIGEST_INVALID",
      async (registry) => {
        const location = await beginUpload(registry, registry.newRepository());
        const reply = await registry.send(`PUT ${withQuery(location, { digest: ABSENT })}`, { body: "other bytes" });
        expectEqual("code", expectErrorBody(expectStatus(reply, 400)), ["DIGEST_INVALID"]);
      },
    ],
    ...["sha256:abc", "sha256:", "md5:d41d8cd98f00b204e9800998ecf8427e", `sha256:${"Z".repeat(64)}`].map(
      (digest) =>
        [
          "MUST",
          `an upload cannot end with the digest ${digest.slice(0, 12)} (${digest.length} characters)`,
          async (registry: RegistryUnderTest) => {
            const location = await beginUpload(registry, registry.newRepository());
            const reply = await registry.send(`PUT ${withQuery(location, { digest })}`, { body: "x" });
            expectErrorBody(expectStatus(reply, 400));
          },
        ] as const,
    ),
    [
      "MUST",
      "a manifest whose blobs are missing is refused",
      async (registry) => {
        const image = sampleImage();
        const reply = await putManifest(registry, registry.newRepository(), "missing", image);
        unsupportedIf(reply, 201);
        const codes = expectErrorBody(expectStatus(reply, 400, 404));
        if (!codes.includes("MANIFEST_BLOB_UNKNOWN")) {
          throw new Error(`expected MANIFEST_BLOB_UNKNOWN, found ${codes.join(", ")}`);
        }
      },
    ],
  ]),
  ...clause("Error Codes", [
    ...REFUSED.map(
      ({ name, line, headers, body, statuses }) =>
        [
          "MUST",
          `${name} is answered with a code of the specification`,
          async (registry: RegistryUnderTest) => {
            const repository = registry.newRepository();
            await pushBlob(registry, repository, Buffer.from("there"));
            // else the tags of the repository are not known, whatever is asked of them
            await pushManifest(registry, repository, "there", sampleImage());
            const reply = await registry.send(line.replace("NAME", repository), {
              ...(headers === undefined ? {} : { headers }),
              ...(body === undefined ? {} : { body }),
            });
            notApplicableIf(reply.status < 400, `it is taken (${reply.status})`);
            expectErrorForm(expectStatus(reply, ...statuses));
          },
        ] as const,
    ),
  ]),
  ...clause("Warnings", [
    [
      "MUST",
      "a Warning, if there is one, has the code 299, the agent - and no date, and there are at most 4096 bytes",
      async (registry) => {
        const repository = registry.newRepository();
        const replies = [
          await registry.send("GET /v2/"),
          await pushManifest(registry, repository, "v1", sampleImage()),
          await registry.send(`GET /v2/${repository}/manifests/v1`),
          await registry.send(`GET /v2/${repository}/tags/list`),
        ];
        const warnings = replies.map(({ headers }) => headers["warning"]).filter((each) => each !== undefined);
        notApplicableIf(warnings.length === 0, "nothing is warned of");
        for (const warning of warnings.map(String)) {
          expectEqual("form", /^299 - "(?:[^"\\]|\\.)*"(?:, ?299 - "(?:[^"\\]|\\.)*")*$/.test(warning), true);
          expectEqual("at most 4096 bytes", Buffer.byteLength(warning) <= 4_096, true);
        }
      },
    ],
  ]),
  ...clause("Registry Proxying", [
    [
      "SHOULD",
      "a pull with ?ns= is answered as one without, or its answer names the namespace in OCI-Namespace",
      async (registry) => {
        const repository = registry.newRepository();
        const image = sampleImage();
        await pushManifest(registry, repository, "v1", image);
        const reply = await registry.send(`GET /v2/${repository}/manifests/v1?ns=registry.example`);
        const namespace = reply.headers["oci-namespace"];
        if (namespace === undefined) {
          expectEqual("bytes", expectStatus(reply, 200).body.equals(image.bytes), true);
        } else {
          expectEqual("OCI-Namespace", namespace, "registry.example");
        }
      },
    ],
  ]),
  ...clause("Pulling manifests", [
    ...INVALID_NAMES.map(
      (name) =>
        [
          "MUST",
          `the repository name ${JSON.stringify(name)} is none`,
          async (registry: RegistryUnderTest) => {
            expectStatus(await registry.send(`GET /v2/${encodeURI(name)}/tags/list`), 400, 404);
            expectStatus(await registry.send(`POST /v2/${encodeURI(name)}/blobs/uploads/`), 400, 404);
          },
        ] as const,
    ),
    ...["a", "a/b/c/d/e", "a__b/c-----d", "a.b_c-d/0", `long/${"x".repeat(200)}`].map(
      (name) =>
        [
          "MUST",
          `the repository name ${JSON.stringify(name.slice(0, 20))} (${name.length} characters) is one`,
          async (registry: RegistryUnderTest) => {
            const repository = name.startsWith("long/") ? name : `${registry.newRepository()}/${name}`;
            expectStatus(await pushManifest(registry, repository, "v1", sampleImage()), 201);
            expectStatus(await registry.send(`GET /v2/${repository}/manifests/v1`), 200);
          },
        ] as const,
    ),
    ...["_v1", "V1.0-rc_1", "0", "x".repeat(128)].map(
      (tag) =>
        [
          "MUST",
          `${JSON.stringify(tag.slice(0, 20))} (${tag.length} characters) is a tag`,
          async (registry: RegistryUnderTest) => {
            const repository = registry.newRepository();
            await pushManifest(registry, repository, tag, sampleImage());
            expectStatus(await registry.send(`GET /v2/${repository}/manifests/${tag}`), 200);
          },
        ] as const,
    ),
    ...["x".repeat(129), ".hidden", "-dash", "a+b", "a%20b"].map(
      (tag) =>
        [
          "MUST",
          `${JSON.stringify(tag.slice(0, 20))} (${tag.length} characters) is no tag`,
          async (registry: RegistryUnderTest) => {
            expectStatus(await putManifest(registry, registry.newRepository(), tag, sampleImage()), 400, 404);
          },
        ] as const,
    ),
  ]),
  ...clause("Endpoints", [
    [
      "OWN",
      "a method that a path does not have is 405 and says which it has",
      async (registry) => {
        const reply = expectStatus(await registry.send(`PATCH /v2/${registry.newRepository()}/tags/list`), 405);
        if (!expectHeader(reply, "allow").includes("GET")) {
          throw new Error(`expected GET in Allow, found ${String(reply.headers.allow)}`);
        }
      },
    ],
    [
      "OWN",
      "GET /v2/_catalog lists a repository that was pushed to",
      async (registry) => {
        const repository = registry.newRepository();
        await pushManifest(registry, repository, "v1", sampleImage());
        let line = "GET /v2/_catalog?n=1000";
        let isListed = false;
        for (let page = 0; page < MAX_PAGES && !isListed && line !== ""; page += 1) {
          const reply = unsupportedIf(await registry.send(line), 404, 405);
          const { repositories } = JSON.parse(expectStatus(reply, 200).body.toString()) as {
            readonly repositories: readonly string[];
          };
          isListed = repositories.includes(repository);
          const next = /<([^>]+)>; ?rel="?next"?/.exec(String(reply.headers["link"] ?? ""))?.[1];
          line = next === undefined ? "" : `GET ${next}`;
        }
        expectEqual("listed", isListed, true);
      },
    ],
    [
      "OWN",
      "the catalog comes in pages",
      async (registry) => {
        for (const name of ["a", "b"]) {
          await pushManifest(registry, `${registry.newRepository()}/${name}`, "v1", sampleImage());
        }
        const first = unsupportedIf(await registry.send("GET /v2/_catalog?n=1"), 404, 405);
        const next = /<([^>]+)>; ?rel="?next"?/.exec(expectHeader(expectStatus(first, 200), "link"))?.[1] ?? "";
        const second = expectStatus(await registry.send(`GET ${next}`), 200);
        const [a, b] = [first, second].map(
          (page) => (JSON.parse(page.body.toString()) as { readonly repositories: readonly string[] }).repositories,
        );
        expectEqual("entries", [a?.length, b?.length], [1, 1]);
        expectEqual("in order", String(a?.[0]) < String(b?.[0]), true);
      },
    ],
  ]),
];
