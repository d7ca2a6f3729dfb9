// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { renderSize } from "./render-size.ts";

it.each([
  { bytes: 0, text: "0 B" },
  { bytes: 1_023, text: "1023 B" },
  { bytes: 1_024, text: "1.0 KiB" },
  { bytes: 1.5 * 2 ** 30, text: "1.5 GiB" },
  { bytes: 2 ** 50, text: "1024.0 TiB" },
])("$bytes bytes are $text", ({ bytes, text }) => {
  expect(renderSize(bytes)).toBe(text);
});
