// SPDX-License-Identifier: Apache-2.0
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { openRepository } from "#image-source";
import type { RegistryContent } from "../content/registry-content.ts";
import { RegistryError } from "../errors.ts";
import { createRemoteSource } from "./remote-source.ts";

const NOTHING_TO_STOP = new AbortController().signal;

describe("a blob that our registry refuses", () => {
  it("does not keep the connection to the other registry", async () => {
    const bytes = Buffer.alloc(8 * 1024 * 1024, 7);
    const closed = Promise.withResolvers<void>();
    const upstream = createServer((request, response) => {
      if (!request.url?.includes("/blobs/")) {
        response.end();
        return;
      }
      response.once("close", () => closed.resolve());
      response.writeHead(200, { "content-length": String(bytes.length) });
      response.write(bytes.subarray(0, 1024));
    });
    await new Promise<void>((resolve) => {
      upstream.listen(0, "127.0.0.1", resolve);
    });
    const { port } = upstream.address() as AddressInfo;
    const client = await openRepository({ registry: `127.0.0.1:${port}`, repository: "app" }, { plainHttp: true });
    try {
      const refusing: Pick<RegistryContent, "hasBlob" | "putBlob"> = {
        hasBlob: () => Promise.resolve(false),
        putBlob: () => Promise.reject(new RegistryError("QUOTA_EXCEEDED", "full")),
      };
      const content = refusing as RegistryContent;
      const source = createRemoteSource(client, { content, repository: "app" });
      const blob = { digest: digestOf(bytes), size: bytes.length, mediaType: "application/octet-stream" };
      await expect(source.provideBlob(blob, NOTHING_TO_STOP)).rejects.toMatchObject({ code: "QUOTA_EXCEEDED" });
      await closed.promise;
    } finally {
      await client[Symbol.asyncDispose]();
      upstream.closeAllConnections();
      upstream.close();
    }
  });
});
