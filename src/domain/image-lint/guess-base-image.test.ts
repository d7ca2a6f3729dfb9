// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { guessBaseImage, imageAgeDays, judgeImageAge } from "#image-lint";

const [A, B, C, D] = ["a", "b", "c", "d"].map((text) => digestOf(Buffer.from(text))) as [
  Digest,
  Digest,
  Digest,
  Digest,
];
const BASES = [
  { reference: "debian:12", digest: D, diffIds: [A] },
  { reference: "node:22", digest: C, diffIds: [A, B] },
  { reference: "other:1", digest: B, diffIds: [B] },
  { reference: "empty:1", digest: B, diffIds: [] },
];
const NAME = "org.opencontainers.image.base.name";
const DIGEST = "org.opencontainers.image.base.digest";

describe("guessBaseImage", () => {
  it.each([
    { name: "nothing known, nothing claimed", image: { diffIds: [C] }, want: undefined },
    { name: "an image is not its own base", image: { diffIds: [A] }, want: undefined },
    { name: "an empty claim", image: { diffIds: [C], labels: { [NAME]: "" } }, want: undefined },
    {
      name: "the largest base",
      image: { diffIds: [A, B, C] },
      want: { reference: "node:22", digest: C, by: "layers", layerCount: 2 },
    },
    {
      name: "a smaller base",
      image: { diffIds: [A, C] },
      want: { reference: "debian:12", digest: D, by: "layers", layerCount: 1 },
    },
    {
      name: "layers before claims",
      image: { diffIds: [A, C], annotations: { [NAME]: "scratch" } },
      want: { reference: "debian:12", digest: D, by: "layers", layerCount: 1 },
    },
    {
      name: "a claim of the manifest",
      image: { diffIds: [C, D], annotations: { [NAME]: "x:1", [DIGEST]: A }, labels: { [NAME]: "y:1" } },
      want: { reference: "x:1", digest: A, by: "claim" },
    },
    {
      name: "a claim with a digest that is none",
      image: { diffIds: [C, D], labels: { [NAME]: "x:1", [DIGEST]: "sha256:1" } },
      want: { reference: "x:1", by: "claim" },
    },
  ])("$name", ({ image, want }) => {
    expect(guessBaseImage(image, BASES)).toEqual(want);
  });
});

describe("judgeImageAge", () => {
  const now = new Date("2026-06-30T12:00:00Z");

  it.each([
    { created: undefined, want: undefined },
    { created: "yesterday", want: undefined },
    { created: "1970-01-01T00:00:00Z", want: undefined },
    { created: "2027-01-01T00:00:00Z", want: undefined },
    { created: "2026-06-30T12:00:00Z", want: 0 },
    { created: "2026-06-01T12:00:00Z", want: 29 },
  ])("$created: $want days", ({ created, want }) => {
    expect(imageAgeDays(created, now)).toBe(want);
  });

  it("speaks only beyond the limit", () => {
    expect(judgeImageAge("2026-06-01T12:00:00Z", now, 29)).toEqual([]);
    expect(judgeImageAge(undefined, now, 0)).toEqual([]);
    expect(judgeImageAge("2026-06-01T12:00:00Z", now, 28)).toMatchObject([
      { kind: "configuration", rule: "HC032", params: { days: "29", limit: "28" } },
    ]);
  });
});
