// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const MODULE = new URL("standard-stream.ts", import.meta.url).href;
const BIN = fileURLToPath(new URL("../../../bin/haechi.mjs", import.meta.url));

/** A program that says something on its stream, with pipes. */
function start(script: string): ReturnType<typeof spawn> {
  return spawn(process.execPath, [
    "--input-type=module",
    "-e",
    `import { createStandardStream } from "${MODULE}"; ${script}`,
  ]);
}

describe("createStandardStream", () => {
  it("writes more than a pipe holds, in order", async () => {
    const child = start('const out = createStandardStream(1); out.write("a".repeat(3_000_000)); out.write("b");');
    expect(child.stdout && (await text(child.stdout))).toBe(`${"a".repeat(3_000_000)}b`);
  });

  it("writes all to a pipe that does not wait", async () => {
    // Node makes the pipe of a stream one that does not wait
    const child = start(
      'process.stdout._handle.setBlocking(false); const out = createStandardStream(1); out.write("a".repeat(3_000_000)); out.write("b");',
    );
    expect(child.stdout && (await text(child.stdout))).toBe(`${"a".repeat(3_000_000)}b`);
  });

  it("ends quietly when the reader has gone", async () => {
    const child = spawn("bash", ["-c", `"$0" "$1" help | head -n 1; exit "\${PIPESTATUS[0]}"`, process.execPath, BIN]);
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(0);
  });

  it("is no terminal, and has no columns, as a pipe", async () => {
    const child = start("const out = createStandardStream(1); out.write(`${out.isTerminal} ${out.columns}`);");
    expect(child.stdout && (await text(child.stdout))).toBe("false undefined");
  });
});
