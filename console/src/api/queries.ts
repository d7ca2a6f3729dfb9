// SPDX-License-Identifier: Apache-2.0
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Language } from "#messages";
import { callApi } from "./client.ts";
import type { ImagePlatform, Operations } from "./generated/api.ts";

type Contents = Operations["GET /api/v1/image/findings"]["query"];

/** Who is signed in. */
export function sessionQuery() {
  return queryOptions({
    queryKey: ["session"],
    queryFn: ({ signal }) => callApi("GET /api/v1/session", { signal }),
    staleTime: 60_000,
  });
}

/** How one may sign in here. */
export function loginMethodsQuery() {
  return queryOptions({
    queryKey: ["login-methods"],
    queryFn: ({ signal }) => callApi("GET /api/v1/session/methods", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
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
    // Events tell when a scan begins and ends, not how far it is.
    refetchInterval: ({ state }) => (state.data?.platforms.some(isScanning) === true ? 1_000 : false),
  });
}

export function findingsQuery(query: Contents) {
  return queryOptions({
    queryKey: ["image", query.image, "findings", query],
    queryFn: ({ signal }) => callApi("GET /api/v1/image/findings", { query, signal }),
    placeholderData: keepPreviousData,
  });
}

export function packagesQuery(query: Omit<Contents, "severity" | "suppressed">) {
  return queryOptions({
    queryKey: ["image", query.image, "packages", query],
    queryFn: ({ signal }) => callApi("GET /api/v1/image/packages", { query, signal }),
    placeholderData: keepPreviousData,
  });
}

function isScanning({ job }: ImagePlatform): boolean {
  return job !== undefined && job.finishedAt === undefined;
}

export function observationsQuery(query: Operations["GET /api/v1/image/observations"]["query"]) {
  return queryOptions({
    queryKey: ["image", query.image, "observations", query],
    queryFn: ({ signal }) => callApi("GET /api/v1/image/observations", { query, signal }),
    placeholderData: keepPreviousData,
  });
}

export function explanationQuery(query: Operations["GET /api/v1/image/explanation"]["query"]) {
  return queryOptions({
    queryKey: ["image", query.image, "explanation", query],
    queryFn: ({ signal }) => callApi("GET /api/v1/image/explanation", { query, signal }),
  });
}

export function scansQuery(query: Operations["GET /api/v1/scans"]["query"]) {
  return queryOptions({
    queryKey: ["scans", query],
    queryFn: ({ signal }) => callApi("GET /api/v1/scans", { query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.scans.some((scan) => scan.finishedAt === undefined) === true ? 1_000 : 10_000,
  });
}

export function holdingQuery(query: Operations["GET /api/v1/images/holding"]["query"]) {
  return queryOptions({
    queryKey: ["holding", query],
    queryFn: ({ signal }) => callApi("GET /api/v1/images/holding", { query, signal }),
    placeholderData: keepPreviousData,
    enabled: query.packageName !== undefined || query.vulnerability !== undefined,
  });
}

/** How many decisions one page has. */
export const DECISION_PAGE_SIZE = 100;

/** `ask` makes the question of the search at the time it is asked: the last hour is another one each minute. */
export function decisionsQuery(
  search: { readonly before?: number },
  lang: Language,
  ask: (now: Date) => Operations["GET /api/v1/decisions"]["query"],
) {
  return queryOptions({
    queryKey: ["decisions", search, lang],
    queryFn: ({ signal }) =>
      callApi("GET /api/v1/decisions", { query: { ...ask(new Date()), lang, limit: DECISION_PAGE_SIZE }, signal }),
    placeholderData: keepPreviousData,
    // Decisions are too many for the event stream; older ones do not change.
    refetchInterval: search.before === undefined ? 10_000 : false,
  });
}

export function runningQuery(search: Operations["GET /api/v1/running"]["query"]) {
  return queryOptions({
    queryKey: ["running", search],
    queryFn: ({ signal }) => callApi("GET /api/v1/running", { query: search, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
}

export function runningImageQuery(id: number, lang: Language) {
  return queryOptions({
    queryKey: ["running", "image", id, lang],
    queryFn: ({ signal }) => callApi("GET /api/v1/running/image", { query: { id, lang }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
}

export function exceptionsQuery(lang: Language) {
  return queryOptions({
    queryKey: ["exceptions", lang],
    queryFn: ({ signal }) => callApi("GET /api/v1/exceptions", { query: { lang }, signal }),
    refetchInterval: 30_000,
  });
}

export function auditQuery() {
  return queryOptions({
    queryKey: ["audit"],
    queryFn: ({ signal }) => callApi("GET /api/v1/audit", { query: { limit: 200 }, signal }),
  });
}

export function clusterComponentsQuery() {
  return queryOptions({
    queryKey: ["cluster", "components"],
    queryFn: ({ signal }) => callApi("GET /api/v1/cluster/components", { signal }),
    refetchInterval: 30_000,
  });
}

export function statusQuery() {
  return queryOptions({
    queryKey: ["status"],
    queryFn: ({ signal }) => callApi("GET /api/v1/status", { signal }),
    refetchInterval: 15_000,
  });
}
