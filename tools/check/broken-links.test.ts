// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBrokenLinks } from "./broken-links.ts";

describe("findBrokenLinks", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "haechi-links-"));
    writeFileSync(join(folder, "other.md"), "# 첫 걸음 & more\n");
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    { name: "a file beside it", text: "[a](other.md)", want: [] },
    { name: "a heading of a file beside it", text: "[a](other.md#첫-걸음--more)", want: [] },
    { name: "its own heading", text: "# Here\n[a](#here)", want: [] },
    { name: "the web is not followed", text: "[a](https://example.org/x)", want: [] },
    { name: "a link inside a code block is text", text: "```\n[a](nowhere.md)\n```", want: [] },
    { name: "a file that is not there", text: "\n[a](nowhere.md)", want: [{ line: 2, target: "nowhere.md" }] },
    {
      name: "a heading that is not there",
      text: "[a](other.md#second)",
      want: [{ line: 1, target: "other.md#second" }],
    },
    { name: "a picture that is not there", text: "![a](picture.png)", want: [{ line: 1, target: "picture.png" }] },
  ])("$name", ({ text, want }) => {
    const file = join(folder, "page.md");
    writeFileSync(file, text);
    expect(findBrokenLinks(file)).toEqual(want);
  });
});
