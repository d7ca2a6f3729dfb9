// SPDX-License-Identifier: Apache-2.0

/** Whose wish counts for which children of an index must pass; the policy's comes first. */
export interface WantedPlatforms {
  /** `platforms` of the policy. */
  readonly policy?: readonly string[];
  /** Those of the nodes of the cluster. */
  readonly nodes?: readonly string[];
}

/**
 * The children of an index that must pass, by their platforms (gate.md, "Meaning" 10): those that the policy names, and
 * all when the index has none of these; without such a policy those for the nodes, else all for linux, else all. One whose
 * platform nobody knows is among them in any case: a runtime may find that it fits.
 */
export function selectPlatforms<T extends { readonly platform: string }>(
  children: readonly T[],
  { policy, nodes }: WantedPlatforms,
): readonly T[] {
  const known = children.filter(isPlatformKnown);
  const choices =
    policy === undefined
      ? [ofPlatforms(known, nodes ?? []), known.filter(({ platform }) => normalise(platform).startsWith("linux/"))]
      : [ofPlatforms(known, policy)];
  const chosen = new Set(choices.find((each) => each.length > 0) ?? known);
  return children.filter((child) => !isPlatformKnown(child) || chosen.has(child));
}

/** Whether the text is one, and not empty or a digest that stands in its place. */
export function isPlatformKnown({ platform }: { readonly platform: string }): boolean {
  return platform.includes("/");
}

function ofPlatforms<T extends { readonly platform: string }>(
  children: readonly T[],
  wanted: readonly string[],
): readonly T[] {
  const offered = children.map((child) => ({ child, platform: normaliseOffered(child.platform) }));
  const chosen = new Set(
    wanted.map(normalise).flatMap((name) => {
      const exact = offered.filter(({ platform }) => isOfPlatform(platform, name));
      // Where there is none of its own, a machine takes what it can run as well.
      return exact.length > 0 ? exact : offered.filter(({ platform }) => isOfPlatform(platform, fallbackOf(name)));
    }),
  );
  return offered.filter((each) => chosen.has(each)).map(({ child }) => child);
}

/** `linux/arm` stands for all of its variants. */
function isOfPlatform(platform: string, wanted: string): boolean {
  return platform === wanted || platform.startsWith(`${wanted}/`);
}

/** What containerd's `platforms.Only` adds: 64-bit machines run programs of their 32-bit ancestors, and ARM those of older variants. */
function fallbackOf(wanted: string): string {
  switch (true) {
    case isOfPlatform(wanted, "linux/amd64"):
      return "linux/386";
    case isOfPlatform(wanted, "linux/arm64"):
    case isOfPlatform(wanted, "linux/arm"):
      return "linux/arm";
    default:
      return wanted;
  }
}

/**
 * As containerd reads platforms (github.com/containerd/platforms, `Normalize`): a child with another spelling is the same
 * to it, and runs if it comes first. One without an operating system is for any, so for linux.
 */
function normalise(platform: string): string {
  const [os = "", architecture = "", ...variant] = platform.toLowerCase().split("/");
  const name = [os === "" ? "linux" : os, ALIASES.get(architecture) ?? architecture, ...variant].join("/");
  // there is only one arm64 that runs containers, and all ways to write it are in use
  return name.replace(/\/arm64\/v?8$/, "/arm64").replace(/\/arm\/([5-8])$/, "/arm/v$1");
}

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["x86_64", "amd64"],
  ["x86-64", "amd64"],
  ["aarch64", "arm64"],
  ["i386", "386"],
  ["armhf", "arm/v7"],
  ["armel", "arm/v6"],
]);

/** An image that names no variant of ARM is for v7. */
function normaliseOffered(platform: string): string {
  const name = normalise(platform);
  return name.endsWith("/arm") ? `${name}/v7` : name;
}
