// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from "../../api/generated/api.ts";
import { isLoopback } from "../../lib/is-loopback.ts";

/** Rows of one page of the list. */
export const PAGE_SIZE = 50;

/** Commands that bring a first image into an empty registry. */
export interface FirstPush {
  readonly login: string;
  readonly fromRegistry: string;
  readonly fromFolder: string;
}

/** The commands for a registry at `host:port`. Plain HTTP is named only toward loopback, where the registry speaks it. */
export function firstPushCommands(registry: string, account: string): FirstPush {
  const isPlain = isLoopback(registry);
  const target = `docker://${registry}/team/app:1.0`;
  const plain = isPlain ? " --dest-tls-verify=false" : "";
  return {
    login: `skopeo login${isPlain ? " --tls-verify=false" : ""} --username ${account} ${registry}`,
    fromRegistry: `skopeo copy${plain} docker://docker.io/library/debian:12 ${target}`,
    fromFolder: `skopeo copy${plain} oci:./image-folder ${target}`,
  };
}

/** How many pages a list has; at least one. */
export function pageCount(total: number): number {
  return Math.max(1, Math.ceil(total / PAGE_SIZE));
}

/** The part of the console's address that names the image. */
export function imageSplat(image: { readonly repository: string; readonly tag: string }): string {
  return `${image.repository}:${image.tag}`;
}

/** What a row says beside the verdict: its first reason, and how many more there are. An allowed image needs none. */
export function summarizeReasons(verdict: Verdict): { readonly first: string | undefined; readonly more: number } {
  const [first, ...rest] = verdict.reasons;
  return { first: first?.text, more: rest.length };
}
