// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { openRepository } from "../open-repository.ts";

const CONTENT = Buffer.alloc(300_000, "content of a layer ");
const BLOB = {
  digest: digestOf(CONTENT),
  size: CONTENT.length,
  async copyTo(write: (block: Uint8Array) => Promise<void>, offset: number): Promise<void> {
    for (let at = offset; at < CONTENT.length; at += 50_000) {
      await write(CONTENT.subarray(at, at + 50_000));
    }
  },
};

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A registry that answers as it is told; it has no blob, and gives each upload a number. */
async function startRegistry(
  answer: (request: IncomingMessage, response: ServerResponse, asked: readonly string[]) => void,
): Promise<{ readonly asked: readonly string[]; send(): Promise<number> }> {
  const asked: string[] = [];
  let uploads = 0;
  server = createServer((request, response) => {
    asked.push(`${request.method} ${(request.url ?? "").replace(/^\/v2\/team\/app\/blobs\//, "").replace(/\?.*/, "")}`);
    if (request.method === "HEAD") {
      response.writeHead(404).end();
    } else if (request.method === "POST") {
      response.writeHead(202, { location: `/v2/team/app/blobs/uploads/${++uploads}` }).end();
    } else {
      answer(request, response, asked);
    }
  });
  await new Promise<void>((resolve) => {
    server?.listen(0, "127.0.0.1", resolve);
  });
  const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    async send() {
      await using repository = await openRepository(
        { registry, repository: "team/app" },
        { plainHttp: true, scopes: ["pull", "push"], timeouts: { retryMs: 1 } },
      );
      return await repository.sendBlob(BLOB);
    },
  };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

describe("a registry that breaks the connection", () => {
  it("and knows what it has gets the rest, and only that", async () => {
    let received: Uint8Array = Buffer.alloc(0);
    let isBroken = false;
    const registry = await startRegistry((request, response) => {
      if (request.method === "PATCH" && !isBroken) {
        request.once("data", (part: Buffer) => {
          received = part;
          isBroken = true;
          request.socket.destroy();
        });
      } else if (request.method === "PATCH") {
        expect(request.headers["content-range"]).toBe(`${received.length}-${CONTENT.length - 1}`);
        void read(request).then((rest) => {
          received = Buffer.concat([received, rest]);
          response.writeHead(202, { location: "/v2/team/app/blobs/uploads/1" }).end();
        });
      } else if (request.method === "GET") {
        const headers = { location: "/v2/team/app/blobs/uploads/1", range: `0-${received.length - 1}` };
        response.writeHead(204, headers).end();
      } else {
        response.writeHead(201).end();
      }
    });
    expect(await registry.send()).toBe(CONTENT.length);
    expect(digestOf(received)).toBe(BLOB.digest);
    expect(registry.asked).toEqual([
      `HEAD ${BLOB.digest}`,
      "POST uploads/",
      "PATCH uploads/1",
      "GET uploads/1",
      "PATCH uploads/1",
      "PUT uploads/1",
    ]);
  });

  it("and has forgotten the upload gets another one", async () => {
    const registry = await startRegistry((request, response) => {
      if (request.url?.endsWith("/1") === true && request.method === "PATCH") {
        request.once("data", () => request.socket.destroy());
      } else if (request.method === "GET") {
        response.writeHead(404).end();
      } else {
        void read(request).then(() => response.writeHead(request.method === "PUT" ? 201 : 202).end());
      }
    });
    expect(await registry.send()).toBe(CONTENT.length);
    expect(registry.asked.slice(-3)).toEqual(["POST uploads/", "PATCH uploads/2", "PUT uploads/2"]);
  });

  it("each time, is given up after some tries", async () => {
    const registry = await startRegistry((request, response) => {
      if (request.method === "GET") {
        response.writeHead(404).end();
      } else {
        request.once("data", () => request.socket.destroy());
      }
    });
    await expect(registry.send()).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
    expect(registry.asked.filter((line) => line.startsWith("PATCH"))).toHaveLength(4);
  });

  it("after each byte is given up as well", async () => {
    let received = 1;
    const registry = await startRegistry((request, response) => {
      if (request.method === "GET") {
        received += 1;
        response.writeHead(204, { range: `0-${received}` }).end();
      } else {
        request.once("data", () => request.socket.destroy());
      }
    });
    await expect(registry.send()).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
    expect(registry.asked.length).toBeLessThan(200);
  });
});

describe("a registry that is hostile", () => {
  it.each(["http://169.254.169.254/latest", "http://10.0.0.1/v2/x", "file:///etc/passwd"])(
    "and lets the upload go on at %s sends us nowhere",
    async (location) => {
      const registry = await startRegistry((_request, response) => response.writeHead(202, { location }).end());
      await expect(registry.send()).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:ADDRESS_REFUSED|REGISTRY_ANSWER_INVALID|REGISTRY_UNREACHABLE)$/),
      });
    },
  );

  it("and refuses at once is believed, whatever was sent by then", async () => {
    const registry = await startRegistry((_request, response) => {
      response.writeHead(413, { "content-type": "application/json", connection: "close" });
      response.end('{"errors":[{"code":"SIZE_INVALID","message":"too large"}]}');
    });
    await expect(registry.send()).rejects.toMatchObject({ code: "REGISTRY_ANSWER_INVALID" });
  });

  it("a failure of what is sent is that failure, and nothing is finished", async () => {
    const registry = await startRegistry((request, response) => {
      void read(request).then(
        () => response.writeHead(202).end(),
        () => undefined,
      );
    });
    const copyTo = BLOB.copyTo;
    BLOB.copyTo = () => Promise.reject(new Error("the disk is broken"));
    try {
      await expect(registry.send()).rejects.toThrow("the disk is broken");
    } finally {
      BLOB.copyTo = copyTo;
    }
    expect(registry.asked.some((line) => line.startsWith("PUT"))).toBe(false);
  });
});
