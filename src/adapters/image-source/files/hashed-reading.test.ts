// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { HashedReading } from "./hashed-reading.ts";
import { openFile } from "./read-file-range.ts";

const MIB = 1024 * 1024;
const SIZE = 130 * MIB + 7;
const folder = mkdtempSync(join(tmpdir(), "haechi-hashed-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Mostly a hole, as only its size makes it large. */
const path = join(folder, "content");
const file = openSync(path, "w");
for (const position of [0, 20 * MIB, SIZE - MIB]) {
  writeSync(file, randomBytes(MIB), 0, MIB, position);
}
ftruncateSync(file, SIZE);
closeSync(file);

describe("HashedReading", () => {
  it.each([
    { name: "a large file, in a thread of its own", start: 0, end: SIZE },
    { name: "a large part of a file", start: 513, end: SIZE - 512 * 1024 },
    { name: "a small part", start: 20 * MIB - 5, end: 21 * MIB + 5 },
    { name: "nothing", start: 5, end: 5 },
    { name: "what a file has, when it is shorter", start: 1, end: SIZE + 9 * MIB },
  ])("gives the bytes and the digest of $name", async ({ start, end }) => {
    const { handle } = await openFile(path);
    const reading = new HashedReading({ algorithm: "sha256" });
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of reading.read(handle, { start, end })) {
      // what was given is not written to before the next is asked for
      await new Promise((resolve) => setImmediate(resolve));
      hash.update(chunk);
      bytes += chunk.length;
    }
    expect(bytes).toBe(Math.min(end, SIZE) - start);
    expect(reading.digest()).toBe(`sha256:${hash.digest("hex")}`);
    await handle.close();
  });

  it("reads two large files at once", async () => {
    const found = await Promise.all([digestOfAll(), digestOfAll()]);
    expect(found[0]).toBe(found[1]);
  });

  it("has no digest of what was given up, and reads again after that", async () => {
    const { handle } = await openFile(path);
    const reading = new HashedReading({ algorithm: "sha512" });
    for await (const chunk of reading.read(handle, { start: 0, end: SIZE })) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(() => reading.digest()).toThrow("before the end");
    await handle.close();
    expect(await digestOfAll()).toMatch(/^sha256:/);
  });

  it("throws the reason of a signal", async () => {
    const { handle } = await openFile(path);
    const stopping = new AbortController();
    const reading = new HashedReading({ algorithm: "sha256", signal: stopping.signal });
    const chunks = reading.read(handle, { start: 0, end: SIZE });
    await chunks.next();
    stopping.abort(new Error("enough"));
    await expect(chunks.next()).rejects.toThrow("enough");
    await handle.close();
  });

  it("throws the failure of a read", async () => {
    const { handle } = await openFile(path);
    const reading = new HashedReading({ algorithm: "sha256" });
    const closed = { fd: 1_000_000 } as typeof handle;
    await expect(reading.read(closed, { start: 0, end: SIZE }).next()).rejects.toThrow("EBADF");
    await handle.close();
  });

  it("reads in the same thread where others are not allowed, as in the server's scans", async () => {
    const code = `
      import { HashedReading } from ${JSON.stringify(join(import.meta.dirname, "hashed-reading.ts"))};
      import { openFile } from ${JSON.stringify(join(import.meta.dirname, "read-file-range.ts"))};
      const { handle } = await openFile(${JSON.stringify(path)});
      const reading = new HashedReading({ algorithm: "sha256" });
      for await (const chunk of reading.read(handle, { start: 0, end: ${SIZE} })) {}
      console.log(reading.digest());
      await handle.close();`;
    const options = ["--permission", "--allow-fs-read=*", "--input-type=module", "--eval", code];
    const { stdout, stderr } = spawnSync(process.execPath, options, { encoding: "utf8" });
    expect(`${stdout.trim()}${stdout === "" ? stderr : ""}`).toBe(await digestOfAll());
  });
});

async function digestOfAll(): Promise<string> {
  const { handle } = await openFile(path);
  const reading = new HashedReading({ algorithm: "sha256" });
  for await (const chunk of reading.read(handle, { start: 0, end: SIZE })) {
    expect(chunk.length).toBeGreaterThan(0);
  }
  await handle.close();
  return reading.digest();
}
