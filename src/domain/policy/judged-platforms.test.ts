// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { selectPlatforms } from "./judged-platforms.ts";

function select(platforms: readonly string[], wanted: Parameters<typeof selectPlatforms>[1]): readonly string[] {
  return selectPlatforms(
    platforms.map((platform) => ({ platform })),
    wanted,
  ).map(({ platform }) => platform);
}

describe("the children that must pass", () => {
  // github.com/containerd/platforms, normalizeOS and normalizeArch: of two that are alike to it the first one runs
  it.each(["linux/x86_64", "linux/x86-64", "linux/AMD64", "Linux/amd64", "LINUX/X86_64", "/amd64", "linux/amd64/v3"])(
    "include %s, which containerd runs on linux/amd64",
    (other) => {
      const children = [other, "linux/amd64", "linux/s390x"];
      expect(select(children, { nodes: ["linux/amd64"] })).toEqual([other, "linux/amd64"]);
      expect(select(children, { policy: ["linux/amd64"] })).toEqual([other, "linux/amd64"]);
      expect(select([other, "windows/amd64"], {})).toEqual([other]);
    },
  );

  it.each([
    { other: "linux/aarch64", node: "linux/arm64" },
    { other: "linux/arm64/v8", node: "linux/arm64" },
    { other: "linux/arm64/8", node: "linux/arm64" },
    { other: "linux/arm64", node: "linux/arm64/v8" },
    { other: "linux/armhf", node: "linux/arm/v7" },
    { other: "linux/arm", node: "linux/arm/v7" },
    { other: "linux/arm/7", node: "linux/arm/v7" },
    { other: "linux/armel", node: "linux/arm/v6" },
    { other: "linux/i386", node: "linux/386" },
  ])("include $other, which containerd runs on $node", ({ other, node }) => {
    expect(select([other, node, "linux/s390x"], { nodes: [node] })).toEqual([other, node]);
  });

  // `platforms.Only`
  it.each([
    { node: "linux/amd64", other: "linux/386" },
    { node: "linux/arm64", other: "linux/arm/v7" },
    { node: "linux/arm/v7", other: "linux/arm/v6" },
  ])("include $other where nothing is there for $node, whatever is there for other nodes", ({ node, other }) => {
    expect(select([other, "linux/s390x"], { nodes: ["linux/s390x", node] })).toEqual([other, "linux/s390x"]);
    expect(select([other, "linux/s390x"], { policy: [node, "linux/s390x"] })).toEqual([other, "linux/s390x"]);
    expect(select([other, node], { nodes: [node] })).toEqual([node]);
  });

  it("leave out what is for other machines", () => {
    const children = ["linux/amd64", "linux/arm64", "linux/arm/v7", "windows/amd64", "linux/amd64x"];
    expect(select(children, { nodes: ["linux/amd64"] })).toEqual(["linux/amd64"]);
    expect(select(children, { nodes: ["linux/arm"] })).toEqual(["linux/arm/v7"]);
  });

  // containerd looks into the configuration of a child whose platform the index does not say, and reads more than we do
  it.each(["", `sha256:${"a".repeat(64)}`])("include one of which nobody knows the platform: %j", (unknown) => {
    expect(select([unknown, "linux/amd64", "linux/s390x"], { nodes: ["linux/amd64"] })).toEqual([
      unknown,
      "linux/amd64",
    ]);
    expect(select([unknown, "linux/amd64"], { policy: ["linux/amd64"] })).toEqual([unknown, "linux/amd64"]);
    expect(select([unknown, "linux/s390x"], { nodes: ["linux/amd64"] })).toEqual([unknown, "linux/s390x"]);
    expect(select([unknown, "windows/amd64"], {})).toEqual([unknown, "windows/amd64"]);
    expect(select([unknown], { nodes: ["linux/amd64"] })).toEqual([unknown]);
  });

  it("are all where the index has none that is asked for", () => {
    expect(select(["linux/s390x"], { policy: ["linux/amd64"] })).toEqual(["linux/s390x"]);
  });
});
