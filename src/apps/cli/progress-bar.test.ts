// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { createProgressBar } from "./progress-bar.ts";

function drawn(isVisible: boolean, draw: (bar: ReturnType<typeof createProgressBar>) => void): readonly string[] {
  const written: string[] = [];
  draw(createProgressBar((text) => written.push(text), isVisible));
  return written;
}

it("draws nothing where there is no terminal", () => {
  const written = drawn(false, (bar) => {
    bar.update("1 / 2 MiB", 1, 2);
    bar.clear();
  });
  expect(written).toEqual([]);
});

it("draws over one line and leaves nothing behind", () => {
  const written = drawn(true, (bar) => {
    bar.update("1 / 2 MiB", 1, 2);
    bar.update("2 / 2 MiB", 2, 2);
    bar.clear();
  });
  expect(written).toEqual([
    `\r\u001b[K${"█".repeat(12)}${"░".repeat(12)}  50 %  1 / 2 MiB`,
    `\r\u001b[K${"█".repeat(24)} 100 %  2 / 2 MiB`,
    "\r\u001b[K",
  ]);
});

it("writes only what changes, and nothing at the end when it never began", () => {
  expect(drawn(true, (bar) => bar.clear())).toEqual([]);
  const written = drawn(true, (bar) => {
    for (let done = 0; done < 1_000; done++) {
      bar.update("0 / 1 MiB", done, 1_000_000);
    }
  });
  expect(written).toHaveLength(1);
});

it("stays at the start when the total is not known, and within the bar when more comes than was said", () => {
  expect(drawn(true, (bar) => bar.update("?", 5, 0)).join("")).toContain("  0 %");
  expect(drawn(true, (bar) => bar.update("!", 5, 1)).join("")).toContain("100 %");
});
