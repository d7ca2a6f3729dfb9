// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { runTool } from "../test/support/run-tool.ts";
import { tool } from "../test/support/tools.ts";

const MIB = 1024 * 1024;

/** A registry, and what its requests carry. */
export interface BlobTarget {
  /** `host:port`. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A file that nobody has pushed yet. */
export interface BlobFile {
  readonly path: string;
  readonly digest: string;
  readonly sizeBytes: number;
}

/** Writes a file of so many MiB that does not compress within a MiB, and differs from every other one. */
export function writeBlobFile(path: string, mebibytes: number): BlobFile {
  const block = randomBytes(MIB);
  const hash = createHash("sha256");
  const file = openSync(path, "w");
  for (let index = 0; index < mebibytes; index++) {
    block.writeUInt32BE(index, 0);
    hash.update(block);
    writeSync(file, block);
  }
  closeSync(file);
  return { path, digest: `sha256:${hash.digest("hex")}`, sizeBytes: mebibytes * MIB };
}

/** The digest of a file as if its content came so many times. */
export function digestOfRepeated(path: string, times: number): string {
  const content = readFileSync(path);
  const hash = createHash("sha256");
  for (let time = 0; time < times; time++) {
    hash.update(content);
  }
  return `sha256:${hash.digest("hex")}`;
}

/** Seconds that a push takes in one request after the one that begins it. */
export async function pushWhole(target: BlobTarget, repository: string, blob: BlobFile): Promise<number> {
  const startedAt = performance.now();
  const location = await begin(target, repository);
  await curl(target, ["--upload-file", blob.path, withDigest(location, blob)]);
  return (performance.now() - startedAt) / 1_000;
}

/** Seconds that a push takes in chunks, one after the other, as docker and podman send layers of unknown size. */
export async function pushInChunks(
  target: BlobTarget,
  repository: string,
  chunks: { readonly blob: BlobFile; readonly files: readonly string[] },
): Promise<number> {
  const startedAt = performance.now();
  let location = await begin(target, repository);
  for (const file of chunks.files) {
    const { stdout } = await curl(target, ["-X", "PATCH", "--upload-file", file, "--dump-header", "-", location]);
    location = absolute(target, /^location: *(\S+)/im.exec(stdout)?.[1] ?? location);
  }
  await curl(target, ["-X", "PUT", "--header", "content-length: 0", withDigest(location, chunks.blob)]);
  return (performance.now() - startedAt) / 1_000;
}

/** Seconds until so many clients have each blob, all at once. */
export async function pullInParallel(
  target: BlobTarget,
  repository: string,
  pulls: { readonly digests: readonly string[]; readonly clients: number },
): Promise<number> {
  const startedAt = performance.now();
  await curl(target, [
    ...["--parallel", "--parallel-immediate", "--parallel-max", String(pulls.clients)],
    // what the query says is nothing to either registry: curl makes as many requests of it
    ...pulls.digests.flatMap((digest) => [
      ...["--output", "/dev/null"],
      `http://${target.host}/v2/${repository}/blobs/${digest}?client=[1-${pulls.clients}]`,
    ]),
  ]);
  return (performance.now() - startedAt) / 1_000;
}

async function begin(target: BlobTarget, repository: string): Promise<string> {
  const answer = await fetch(`http://${target.host}/v2/${repository}/blobs/uploads/`, {
    method: "POST",
    headers: target.headers,
  });
  const location = answer.headers.get("location");
  if (answer.status !== 202 || location === null) {
    throw new Error(`an upload cannot be begun: ${answer.status}`);
  }
  return absolute(target, location);
}

function absolute(target: BlobTarget, location: string): string {
  return new URL(location, `http://${target.host}`).toString();
}

function withDigest(location: string, { digest }: BlobFile): string {
  return `${location}${location.includes("?") ? "&" : "?"}digest=${digest}`;
}

async function curl(target: BlobTarget, args: readonly string[]): Promise<{ readonly stdout: string }> {
  const headers = Object.entries(target.headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]);
  const result = await runTool(tool("curl"), [
    ...[
      "--silent",
      "--show-error",
      "--fail",
      "--header",
      "expect:",
      "--header",
      "content-type: application/octet-stream",
    ],
    ...headers,
    ...args,
  ]);
  if (result.code !== 0) {
    throw new Error(`curl failed: ${result.stderr.slice(0, 1_000)}`);
  }
  return result;
}
