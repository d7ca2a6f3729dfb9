// SPDX-License-Identifier: Apache-2.0
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Language } from "#messages";
import { callApi } from "./client.ts";
import type { Operations } from "./generated/api.ts";

type Contents = Operations["GET /api/v1/image/findings"]["query"];

/** Who is signed in. */
export function sessionQuery() {
  return queryOptions({
    queryKey: ["session"],
    queryFn: ({ signal }) => callApi("GET /api/v1/session", { signal }),
    staleTime: 60_000,
  });
}

export function imagesQuery(page: { readonly limit: number; readonly offset: number; readonly lang: Language }) {
  return queryOptions({
    queryKey: ["images", page],
    queryFn: ({ signal }) => callApi("GET /api/v1/images", { query: page, signal }),
    placeholderData: keepPreviousData,
  });
}

export function imageQuery(image: string, lang: Language) {
  return queryOptions({
    queryKey: ["image", image, lang],
    queryFn: ({ signal }) => callApi("GET /api/v1/image", { query: { image, lang }, signal }),
    placeholderData: keepPreviousData,
  });
}

export function findingsQuery(query: Contents) {
  return queryOptions({
    queryKey: ["image", query.image, "findings", query],
    queryFn: ({ signal }) => callApi("GET /api/v1/image/findings", { query, signal }),
    placeholderData: keepPreviousData,
  });
}

export function packagesQuery(query: Omit<Contents, "severity">) {
  return queryOptions({
    queryKey: ["image", query.image, "packages", query],
    queryFn: ({ signal }) => callApi("GET /api/v1/image/packages", { query, signal }),
    placeholderData: keepPreviousData,
  });
}

export function decisionsQuery(lang: Language) {
  return queryOptions({
    queryKey: ["decisions", lang],
    queryFn: ({ signal }) => callApi("GET /api/v1/decisions", { query: { limit: 200, lang }, signal }),
    placeholderData: keepPreviousData,
    // Decisions are too many for the event stream.
    refetchInterval: 10_000,
  });
}

export function auditQuery() {
  return queryOptions({
    queryKey: ["audit"],
    queryFn: ({ signal }) => callApi("GET /api/v1/audit", { query: { limit: 200 }, signal }),
  });
}

export function statusQuery() {
  return queryOptions({
    queryKey: ["status"],
    queryFn: ({ signal }) => callApi("GET /api/v1/status", { signal }),
    refetchInterval: 15_000,
  });
}
