// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openImageSource } from "#image-source";
import { ensureServingCertificate } from "#tls";
import { buildImage } from "../../../../test/support/image-builder.ts";

const image = buildImage([{ entries: [{ path: "a" }] }]);

describe("a registry with a certificate of its own", () => {
  const folder = mkdtempSync(join(tmpdir(), "haechi-tls-"));
  const caFile = join(folder, "ca.pem");
  let server: Server;
  let host: string;

  beforeAll(async () => {
    const certificate = await ensureServingCertificate({
      secrets: { set: () => Promise.resolve(), getOrCreate: (_, create) => create() },
      listener: "registry",
      names: [],
      clock: { now: () => new Date() },
    });
    writeFileSync(caFile, certificate.caPem);
    server = createServer({ cert: certificate.certPem, key: certificate.keyPem }, (_, response) => {
      response.writeHead(200, { "content-type": image.manifest.mediaType });
      response.end(image.blobs.get(image.manifest.digest));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is read with its CA file", async () => {
    await using source = await openImageSource(`docker://${host}/app:1`, { caFile });
    expect(source.root.digest).toBe(image.manifest.digest);
  });

  it("is refused without it, at once", async () => {
    const opening = openImageSource(`docker://${host}/app:1`, { plainHttp: false });
    await expect(opening).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
      message: expect.stringMatching(/certificate/),
    });
  });

  it("a CA file that is not there is said", async () => {
    const opening = openImageSource(`docker://${host}/app:1`, { caFile: join(folder, "none") });
    await expect(opening).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
  });
});
