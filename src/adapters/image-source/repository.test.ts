// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { digestOf, LIMITS } from "#base";
import { openImageRepository, openRepository, type RepositoryClient } from "#image-source";
import { OCI_INDEX, OCI_MANIFEST } from "#oci";
import {
  buildTestRepository,
  describeReferrerSourceContract,
  type TestManifest,
  type TestRepository,
} from "../../../test/support/contracts/referrer-source.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) {
    await close();
  }
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(handler: Handler): Promise<string> {
  const server: Server = createServer(handler);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function openAt(host: string): Promise<RepositoryClient> {
  const client = await openRepository(
    { registry: host, repository: "team/app" },
    { timeouts: { retryMs: 1 }, scopes: ["pull", "push"] },
  );
  closing.push(async () => await client[Symbol.asyncDispose]());
  return client;
}

function indexOf(manifests: readonly TestManifest[]): Buffer {
  const descriptors = manifests.map(({ mediaType, digest, bytes, artifactType }) => ({
    mediaType,
    digest,
    size: bytes.length,
    artifactType,
  }));
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: descriptors }));
}

/** A registry of one repository; `referrers` answers the API, and manifests can be put. */
function registryOf(repository: TestRepository, referrers: Handler, extra = new Map<string, Buffer>()): Handler {
  const manifests = new Map<string, Buffer>([
    ...[repository.subject, ...repository.referrers].map((each): [string, Buffer] => [each.digest, each.bytes]),
    [repository.tagged.tag, repository.tagged.manifest.bytes],
    ...extra,
  ]);
  return (request, response) => {
    const [, kind = "", name = ""] =
      /^\/v2\/team\/app\/(manifests|blobs|referrers)\/([^?]+)/.exec(request.url ?? "") ?? [];
    if (kind === "referrers") {
      referrers(request, response);
      return;
    }
    if (request.method === "PUT") {
      const parts: Buffer[] = [];
      request.on("data", (chunk: Buffer) => parts.push(chunk));
      request.on("end", () => {
        manifests.set(name, Buffer.concat(parts));
        response.writeHead(201).end();
      });
      return;
    }
    const bytes = kind === "manifests" ? manifests.get(name) : repository.blobs.get(name as never);
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { mediaType } =
      kind === "manifests" ? (JSON.parse(String(bytes)) as { mediaType: string }) : { mediaType: "a/b" };
    response.writeHead(200, { "content-type": mediaType }).end(bytes);
  };
}

function api(repository: TestRepository): Handler {
  return (request, response) => {
    const isSubject = request.url?.includes(repository.subject.digest) === true;
    response.writeHead(200, { "content-type": OCI_INDEX }).end(indexOf(isSubject ? repository.referrers : []));
  };
}

const status =
  (code: number): Handler =>
  (_, response) =>
    response.writeHead(code).end();

function tagIndex(repository: TestRepository): Map<string, Buffer> {
  return new Map([[repository.subject.digest.replace(":", "-"), indexOf(repository.referrers)]]);
}

describeReferrerSourceContract("a registry with the referrers API", async (repository) => {
  const source = await openAt(await serve(registryOf(repository, api(repository))));
  return { source, close: () => Promise.resolve() };
});

describeReferrerSourceContract("a registry without it", async (repository) => {
  const source = await openAt(await serve(registryOf(repository, status(404), tagIndex(repository))));
  return { source, close: () => Promise.resolve() };
});

describeReferrerSourceContract("an OCI layout", async (repository) => {
  const folder = mkdtempSync(join(tmpdir(), "haechi-layout-"));
  writeLayout(folder, repository);
  const image = await openImageRepository(`oci:${folder}@${repository.subject.digest}`);
  return {
    source: image.repository,
    close: async () => {
      await image[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

function writeLayout(folder: string, repository: TestRepository): void {
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  writeFileSync(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  const all = [repository.subject, ...repository.referrers, repository.tagged.manifest];
  const contents = [...all.map((each): [string, Uint8Array] => [each.digest, each.bytes]), ...repository.blobs];
  for (const [digest, bytes] of contents) {
    writeFileSync(join(folder, "blobs", digest.replace(":", "/")), bytes);
  }
  const manifests = all.map((each) => ({
    mediaType: each.mediaType,
    digest: each.digest,
    size: each.bytes.length,
    ...(each === repository.tagged.manifest
      ? { annotations: { "org.opencontainers.image.ref.name": repository.tagged.tag } }
      : {}),
  }));
  writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
}

describe("the list of referrers", () => {
  const repository = buildTestRepository();
  const { digest } = repository.subject;
  const want = repository.referrers.map((each) => each.digest).toSorted();

  async function list(referrers: Handler, extra = new Map<string, Buffer>()): Promise<readonly string[]> {
    const client = await openAt(await serve(registryOf(repository, referrers, extra)));
    return (await client.listReferrers(digest)).map((each) => each.digest).toSorted();
  }

  it.each([400, 404, 405, 406, 415, 501])("%i means that there is no API: the tag counts", async (code) => {
    expect(await list(status(code), tagIndex(repository))).toEqual(want);
  });

  it.each([
    {
      name: "a web page",
      handler: ((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>")) as Handler,
    },
    {
      name: "no index",
      handler: ((_, response) => response.writeHead(200, { "content-type": OCI_INDEX }).end("[]")) as Handler,
    },
    {
      name: "an empty list",
      handler: ((_, response) => response.writeHead(200, { "content-type": OCI_INDEX }).end(indexOf([]))) as Handler,
    },
  ])("$name, as GHCR answers, means that the tag counts", async ({ handler }) => {
    expect(await list(handler, tagIndex(repository))).toEqual(want);
  });

  it.each([401, 403, 429, 500, 503])("%i means that nobody can tell", async (code) => {
    await expect(list(status(code), tagIndex(repository))).rejects.toHaveProperty("code");
  });

  it("comes in pages", async () => {
    const [first, second] = repository.referrers;
    const handler: Handler = (request, response) => {
      const isSecond = request.url?.includes("page=2") === true;
      response.writeHead(200, {
        "content-type": OCI_INDEX,
        ...(isSecond ? {} : { link: `</v2/team/app/referrers/${digest}?page=2>; rel="next"` }),
      });
      response.end(indexOf([isSecond ? second : first].flatMap((each) => each ?? [])));
    };
    expect(await list(handler)).toEqual(want);
  });

  it("a page that is missing means that nobody can tell", async () => {
    const handler: Handler = (request, response) => {
      if (request.url?.includes("page=2") === true) {
        response.writeHead(404).end();
      } else {
        response.writeHead(200, { "content-type": OCI_INDEX, link: '<?page=2>; rel="next"' });
        response.end(indexOf(repository.referrers.slice(0, 1)));
      }
    };
    await expect(list(handler)).rejects.toHaveProperty("code");
  });

  it("does not go on at another host", async () => {
    const handler: Handler = (_, response) => {
      response.writeHead(200, { "content-type": OCI_INDEX, link: '<http://169.254.169.254/>; rel="next"' });
      response.end(indexOf(repository.referrers));
    };
    await expect(list(handler)).rejects.toMatchObject({ code: "REGISTRY_ANSWER_INVALID" });
  });

  it("that never ends is refused", async () => {
    let count = 0;
    const handler: Handler = (_, response) => {
      count += 1;
      response.writeHead(200, { "content-type": OCI_INDEX, link: '<?n=1>; rel="next"' });
      response.end(indexOf(repository.referrers));
    };
    await expect(list(handler)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    expect(count).toBeLessThan(LIMITS.maxReferrers);
  });

  it("names each digest once", async () => {
    const handler: Handler = (_, response) => {
      response.writeHead(200, { "content-type": OCI_INDEX });
      response.end(indexOf([...repository.referrers, ...repository.referrers]));
    };
    expect(await list(handler)).toEqual(want);
  });
});

describe("attaching a referrer", () => {
  const repository = buildTestRepository();
  const [first, second] = repository.referrers;

  it("where there is no API the index under the tag grows, and nothing in it is lost", async () => {
    const extra = new Map([
      [repository.subject.digest.replace(":", "-"), indexOf([first].flatMap((each) => each ?? []))],
    ]);
    const client = await openAt(await serve(registryOf(repository, status(404), extra)));
    const referrer = second ?? repository.subject;
    for (let times = 0; times < 2; times += 1) {
      await client.attachReferrer(repository.subject.digest, { ...referrer, annotations: { a: "b" } });
    }
    const listed = await client.listReferrers(repository.subject.digest);
    expect(listed.map((each) => each.digest)).toEqual([first?.digest, second?.digest]);
    expect(listed[1]).toMatchObject({ artifactType: referrer.artifactType, annotations: { a: "b" } });
  });

  it("where the registry says OCI-Subject no tag is written", async () => {
    const put: string[] = [];
    const host = await serve((request, response) => {
      put.push(`${request.method ?? ""} ${request.url ?? ""}`);
      request.resume();
      response.writeHead(201, { "oci-subject": repository.subject.digest }).end();
    });
    const client = await openAt(host);
    const bytes = Buffer.from("{}");
    await client.attachReferrer(repository.subject.digest, { mediaType: OCI_MANIFEST, bytes, artifactType: "a/b" });
    expect(put).toEqual([`PUT /v2/team/app/manifests/${digestOf(bytes)}`]);
  });
});
