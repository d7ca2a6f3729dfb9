// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isOfKind, LABEL_KINDS, type LabelKind } from "./label-kind.ts";

const HEX = "0123456789abcdef";

describe("isOfKind", () => {
  it.each<{ kind: LabelKind; bad: readonly string[]; good: readonly string[] }>([
    { kind: "text", bad: [], good: ["", "anything at all"] },
    {
      kind: "url",
      bad: ["", "example.com", "https://", "https:///x", "https://a b", "mailto:me@example.com", "urn:x:y"],
      good: ["https://example.com/a?b#c", "git://example.com/r.git", "ssh://git@example.com:22/r"],
    },
    {
      kind: "rfc3339",
      bad: [
        "yesterday",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:00+24:00",
      ],
      good: ["2026-01-01T00:00:00Z", "2024-02-29t23:59:60.123456789z", "2026-01-01T00:00:00+09:00"],
    },
    {
      kind: "spdx",
      bad: ["Mine", "MIT,", "MIT and more", "GPL-9.0"],
      good: ["MIT", "(MIT OR Apache-2.0) AND BSD-3-Clause"],
    },
    {
      kind: "hash",
      bad: ["abcdef", "main", "ABCDEF0", "g".repeat(40), "a".repeat(41)],
      good: ["deadbee", HEX.repeat(4), "a".repeat(40)],
    },
    {
      kind: "semver",
      bad: ["1", "1.0", "v1.0.0", "01.0.0", "1.0.0-01", "1.0.0+"],
      good: ["1.0.0", "2.0.0-rc.1+build.5", "0.0.0-0a"],
    },
    {
      kind: "email",
      bad: ["me", "me@", "@example.com", "a@b@c", "a b@example.com", ".a@example.com", "a@-b.com", "<a@b.example>"],
      good: ["me@example.com", "first.last+tag@mail.example.co.kr"],
    },
  ])("$kind", ({ kind, bad, good }) => {
    expect(bad.filter((value) => isOfKind(kind, value))).toEqual([]);
    expect(good.filter((value) => !isOfKind(kind, value))).toEqual([]);
  });

  it("never throws, and takes nothing but text beyond its limit", () => {
    const value = fc.oneof(fc.string(), fc.webUrl(), fc.emailAddress(), fc.stringMatching(/^[0-9A-Za-z.+-]{0,60}$/));
    fc.assert(
      fc.property(fc.constantFrom(...LABEL_KINDS), value, (kind, text) => {
        expect(typeof isOfKind(kind, text)).toBe("boolean");
      }),
    );
    for (const filler of ["a", "1.", "(", "a@", "-", " OR "]) {
      expect(LABEL_KINDS.filter((kind) => isOfKind(kind, filler.repeat(100_000)))).toEqual(["text"]);
    }
  });
});
