// SPDX-License-Identifier: Apache-2.0
import { tmpdir } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { digestOf } from "#base";
import { runScanProcess } from "./run-scan-process.ts";

it("a process that cannot be started fails the scan and nothing else", async () => {
  const { execPath } = process;
  const request = { digest: digestOf("image"), layoutDir: tmpdir(), advisoryFile: import.meta.filename };
  const limits = { timeoutMs: 60_000, memoryMiB: 64, signal: new AbortController().signal };
  process.execPath = "/nonexistent/node";
  try {
    await expect(runScanProcess(request, limits)).rejects.toMatchObject({ code: expect.stringMatching(/^E[A-Z]+$/) });
    // a second error that nobody listens to would end this process
    await nextTurn();
    await nextTurn();
  } finally {
    process.execPath = execPath;
  }
});
