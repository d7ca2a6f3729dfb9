// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, it } from "vitest";
import { openRepository } from "#image-source";
import { openApiSession } from "../support/api-client.ts";
import { eventually } from "../support/eventually.ts";
import { buildImage } from "../support/image-builder.ts";
import { NEW_PASSWORD } from "../support/new-password.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/haechi.mjs", import.meta.url));
const IMAGE = buildImage([{ entries: [{ path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' }] }]);
const run = promisify(execFile);

const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) {
    await each[Symbol.asyncDispose]();
  }
});

async function start(dataDir?: string): Promise<ServerProcess> {
  const server = await startServerProcess(dataDir === undefined ? {} : { dataDir });
  opened.push({ [Symbol.asyncDispose]: async () => void (await server.stop()) });
  return server;
}

async function haechi(server: ServerProcess, ...args: readonly string[]): Promise<string> {
  const flags = ["--server", server.consoleUrl, "--username", "admin"];
  const { stdout } = await run(process.execPath, [PROGRAM, "registry", "webhooks", ...args, ...flags], {
    env: { ...process.env, HAECHI_PASSWORD: NEW_PASSWORD },
  });
  return stdout;
}

async function push(server: ServerProcess): Promise<void> {
  await using repository = await openRepository(
    { registry: server.registry, repository: "team/app" },
    { credentials: { username: "admin", password: NEW_PASSWORD }, scopes: ["pull", "push"] },
  );
  for (const [digest, bytes] of IMAGE.blobs) {
    if (digest !== IMAGE.manifest.digest) {
      await repository.pushBlob(bytes);
    }
  }
  const bytes = IMAGE.blobs.get(IMAGE.manifest.digest) ?? new Uint8Array();
  await repository.pushManifest("1", IMAGE.manifest.mediaType, bytes);
}

it("a push is told, signed, by a server that was killed before the receiver took it", async () => {
  const received: { readonly headers: IncomingMessage["headers"]; readonly body: string }[] = [];
  let status = 204;
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
      response.writeHead(status).end();
    });
  });
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  opened.push({
    async [Symbol.asyncDispose]() {
      receiver.closeAllConnections();
      receiver.close();
      await once(receiver, "close");
    },
  });
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const server = await start();
  await openApiSession(server, server.password);
  const made = await haechi(server, "create", "chat", url, "--events", "image.pushed", "--prefix", "team");
  const [, key = ""] = /whsec_(\S+)/.exec(made) ?? [];
  expect(await haechi(server, "test", "chat")).toMatch(/dev\.haechi\.webhook\.test\s+delivered\s+1\s+204/);
  expect(await haechi(server, "list")).toMatch(/chat\s+on\s+team\s+http/);

  status = 503;
  await push(server);
  await server.kill();
  const before = received.length;
  status = 204;
  const again = await start(server.dataDir);
  const event = await eventually(async () => Promise.resolve(received.slice(before)[0]));
  const { headers, body } = event;
  const mac = createHmac("sha256", Buffer.from(key, "base64"));
  const content = [headers["webhook-id"], headers["webhook-timestamp"], body].map(String).join(".");
  expect(headers["webhook-signature"]).toBe(`v1,${mac.update(content).digest("base64")}`);
  expect(JSON.parse(body)).toMatchObject({
    type: "dev.haechi.image.pushed",
    subject: "team/app:1",
    data: { digest: IMAGE.manifest.digest, actor: "admin" },
  });
  const listed = await eventually(async () => {
    const text = await haechi(again, "deliveries", "--webhook", "chat", "--format", "json");
    return text.includes('"pending"') ? undefined : text;
  });
  const { deliveries } = JSON.parse(listed) as {
    readonly deliveries: readonly { readonly id: number; readonly state: string }[];
  };
  expect(deliveries.map(({ state }) => state)).toEqual(["delivered", "delivered"]);
  expect(await haechi(again, "rotate-key", "chat")).toMatch(/whsec_/);
  const count = received.length;
  await haechi(again, "redeliver", String(deliveries[0]?.id ?? 0));
  const last = await eventually(async () => Promise.resolve(received.slice(count)[0]));
  expect(String(last.headers["webhook-signature"]).split(" ")).toHaveLength(2);
  expect(await haechi(again, "delete", "chat")).toContain("chat");
}, 180_000);
