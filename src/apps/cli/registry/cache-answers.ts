// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Translate } from "#messages";
import { renderRows } from "../render-rows.ts";
import { parseAnswer, type Server } from "./server-client.ts";

/** What the server says of a cache; fields of a later server are passed over. */
export interface CacheAnswer {
  readonly prefix: string;
  readonly registry: string;
  readonly credentials?: string | undefined;
  readonly upstream: {
    readonly state: "answering" | "limited" | "away";
    readonly until?: string | undefined;
    readonly message?: string | undefined;
  };
  readonly fetching: readonly string[];
}

const answer: z.ZodType<{ readonly caches: readonly CacheAnswer[] }> = z.object({
  caches: z.array(
    z.object({
      prefix: z.string(),
      registry: z.string(),
      credentials: z.string().optional(),
      upstream: z.object({
        state: z.enum(["answering", "limited", "away"]),
        until: z.string().optional(),
        message: z.string().optional(),
      }),
      fetching: z.array(z.string()),
    }),
  ),
});

/** All caches of the server. Throws ServerError. */
export async function fetchCaches(server: Server): Promise<readonly CacheAnswer[]> {
  return parseAnswer(server, answer, await server.get("/api/v1/registry/caches")).caches;
}

/** A table of them. */
export function renderCaches(caches: readonly CacheAnswer[], translate: Translate): string {
  if (caches.length === 0) {
    return `${translate("registryTransfer.cache.none")}\n`;
  }
  return renderRows([
    [
      translate("registryTransfer.column.prefix"),
      translate("registryTransfer.column.registry"),
      translate("registryTransfer.column.state"),
      translate("registryTransfer.column.fetching"),
      translate("registryTransfer.column.message"),
    ],
    ...caches.map(({ prefix, registry, upstream, fetching }) => [
      prefix === "" ? "*" : prefix,
      registry,
      translate(`registryTransfer.upstream.${upstream.state}`, { until: upstream.until ?? "" }),
      String(fetching.length),
      upstream.message ?? "",
    ]),
  ]);
}
