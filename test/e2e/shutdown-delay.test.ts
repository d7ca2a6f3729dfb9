// SPDX-License-Identifier: Apache-2.0
import { request } from "node:https";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";

describe("a server that is told to stop", () => {
  let server: ServerProcess | undefined;

  afterEach(async () => {
    await server?.kill();
  });

  it("says so at once, serves until the delay is over, and ends each connection with its answer", async () => {
    server = await startServerProcess({ args: ["--shutdown-delay", "4s"] });
    const { consoleUrl, registry, admissionUrl } = server;
    expect((await fetch(`${consoleUrl}/readyz`)).status).toBe(200);
    expect(await askGate(`${admissionUrl}/readyz`)).toEqual({ status: 200, connection: "keep-alive" });
    process.kill(server.pid, "SIGTERM");
    const leaving = await eventually(async () => {
      const answer = await fetch(`${consoleUrl}/readyz`);
      return answer.status === 503 ? answer : undefined;
    });
    expect(await leaving.json()).toEqual({ ready: false, reasons: ["stopping"] });
    expect((await fetch(`${consoleUrl}/healthz`)).status).toBe(200);
    expect((await fetch(`http://${registry}/v2/`)).status).toBe(401);
    expect(await askGate(`${admissionUrl}/readyz`)).toEqual({ status: 503, connection: "close" });
    expect(await askGate(`${admissionUrl}/healthz`)).toEqual({ status: 200, connection: "close" });
    expect(server.stdout()).not.toContain("Stopping");
    await eventually(() => Promise.resolve(server?.stdout().includes("Stopped.") || undefined));
  });
});

async function askGate(url: string): Promise<{ readonly status?: number; readonly connection?: string }> {
  return await new Promise((resolve, reject) => {
    request(url, { rejectUnauthorized: false, headers: { connection: "keep-alive" } }, (answer) => {
      answer.resume().once("end", () => {
        const { connection } = answer.headers;
        resolve({
          ...(answer.statusCode === undefined ? {} : { status: answer.statusCode }),
          ...(connection === undefined ? {} : { connection }),
        });
      });
    })
      .on("error", reject)
      .end();
  });
}
