// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTestAuthority } from "../test/support/control-plane/test-certificates.ts";

/** The bare floor: a process that parses every review with `JSON.parse`, over HTTPS, and sends it back. */
export interface EchoServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

const PROGRAM = fileURLToPath(import.meta.url);

/** Starts it as a process of its own, as the server that it is compared with. */
export async function startEchoServer(): Promise<EchoServer> {
  const folder = mkdtempSync(join(tmpdir(), "haechi-echo-"));
  const authority = createTestAuthority(folder);
  const pair = authority.issue({ file: "echo", commonName: "echo", names: ["IP:127.0.0.1"] });
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, pair.certificate, pair.key], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const [line] = (await once(child.stdout ?? child, "data")) as [Buffer];
  return {
    url: String(line).trim(),
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

/** What the process does: {@link startEchoServer} runs this file. */
async function serve(certificate: string, key: string): Promise<void> {
  const options = { cert: readFileSync(certificate), key: readFileSync(key), minVersion: "TLSv1.2" as const };
  const server = createServer(options, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const bytes = Buffer.concat(chunks);
      const review = JSON.parse(bytes.toString("utf8")) as { readonly kind: string };
      if (review.kind !== "AdmissionReview") {
        throw new Error("not a review");
      }
      response.writeHead(200, { "content-type": "application/json", "content-length": bytes.length });
      response.end(bytes);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  process.stdout.write(`https://127.0.0.1:${(server.address() as AddressInfo).port}/\n`);
}

if (process.argv[1] === PROGRAM) {
  const [, , certificate = "", key = ""] = process.argv;
  await serve(certificate, key);
}
