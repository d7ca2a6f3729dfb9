// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type Descriptor, isRunnablePlatform, isSamePlatform, OCI_MANIFEST, renderPlatform } from "#oci";

const CHILD = { mediaType: OCI_MANIFEST, digest: `sha256:${"0a".repeat(32)}`, size: 1 } as Descriptor;
const ATTESTATION = { "vnd.docker.reference.type": "attestation-manifest" };

describe("isRunnablePlatform", () => {
  it.each([
    { name: "a real platform", child: { platform: { os: "linux", architecture: "amd64" } }, want: true },
    { name: "no platform", child: {}, want: true },
    {
      name: "an attestation of BuildKit",
      child: { platform: { os: "unknown", architecture: "unknown" }, annotations: ATTESTATION },
      want: false,
    },
    {
      name: "a real platform that is annotated as attestation, which runtimes ignore",
      child: { platform: { os: "linux", architecture: "amd64" }, annotations: ATTESTATION },
      want: true,
    },
    { name: "an annotation alone", child: { annotations: ATTESTATION }, want: true },
    { name: "half unknown", child: { platform: { os: "linux", architecture: "unknown" } }, want: true },
  ])("$name: $want", ({ child, want }) => {
    expect(isRunnablePlatform({ ...CHILD, ...child })).toBe(want);
  });
});

describe("isSamePlatform", () => {
  it.each([
    { offered: "linux/amd64", wanted: "linux/amd64", want: true },
    { offered: "linux/arm64/v8", wanted: "linux/arm64", want: true },
    { offered: "linux/arm64", wanted: "linux/arm64/v8", want: true },
    { offered: "linux/arm/v6", wanted: "linux/arm/v7", want: false },
    { offered: "linux/arm", wanted: "linux/arm/v7", want: true },
    { offered: "linux/amd64", wanted: "linux/arm64", want: false },
    { offered: "windows/amd64", wanted: "linux/amd64", want: false },
  ])("$offered for $wanted: $want", ({ offered, wanted, want }) => {
    expect(isSamePlatform(platform(offered), platform(wanted))).toBe(want);
    expect(renderPlatform(platform(offered))).toBe(offered);
  });
});

function platform(text: string): { os: string; architecture: string; variant?: string } {
  const [os = "", architecture = "", variant] = text.split("/");
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}
