// SPDX-License-Identifier: Apache-2.0
import type { ProxyCacheSettings, ResolvedSettings } from "#registry";

/** Where the content of a repository of a cache comes from. */
export interface CachePlace {
  /** The prefix that is a cache. */
  readonly prefix: string;
  readonly settings: ProxyCacheSettings;
  /** The repository's name over there. */
  readonly upstream: string;
}

const DOCKER_HUB = "docker.io";

/** `undefined` for a repository that is none of a cache, or the prefix itself where nothing is said to stand for it. */
export function cachePlaceOf(resolved: ResolvedSettings, repository: string): CachePlace | undefined {
  const settings = resolved.settings.proxyCache;
  const prefix = resolved.from.proxyCache;
  if (settings === undefined || prefix === undefined) {
    return undefined;
  }
  const rest = prefix === "" ? repository : repository.slice(prefix.length + 1);
  const upstream = [settings.repositoryPrefix ?? "", rest].filter((part) => part !== "").join("/");
  if (upstream === "") {
    return undefined;
  }
  // `docker pull nginx` means `library/nginx`, and only on Docker Hub
  const isOfficial = settings.registry === DOCKER_HUB && !upstream.includes("/");
  return { prefix, settings, upstream: isOfficial ? `library/${upstream}` : upstream };
}
