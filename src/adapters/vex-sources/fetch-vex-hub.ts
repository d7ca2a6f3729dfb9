// SPDX-License-Identifier: Apache-2.0
import { LIMITS, redactUrl } from "#base";
import type { TrustHttp } from "#signatures";
import { parseVex, type VexDocument } from "#suppressions";
import { VexSourceError } from "./errors.ts";
import { MAX_DOCUMENTS, parseHubIndex } from "./hub-index.ts";

const MAX_INDEX_BYTES = 256 * 1024 * 1024;

/** How a hub is asked. */
export interface VexHubOptions {
  readonly http: TrustHttp;
  /** The packages of the image, as package URLs without version: only documents about these are fetched. */
  readonly packageUrls: ReadonlySet<string>;
  readonly signal?: AbortSignal;
}

/**
 * The VEX documents of a hub on the web about the packages, sorted by address: `index.json` below the address, and what it lists. Only what
 * lies below the address is fetched. Throws `VexSourceError`, `HttpError`, and `SuppressionError` for a document that cannot be used.
 */
export async function fetchVexHub(address: URL, options: VexHubOptions): Promise<readonly VexDocument[]> {
  const base = new URL(address.pathname.endsWith("/") ? address : `${address.href}/`);
  const index = parseHubIndex(
    await fetchText(new URL("index.json", base), MAX_INDEX_BYTES, options),
    redactUrl(base.href),
  );
  const wanted = [...options.packageUrls].flatMap((url) => index.get(url) ?? []);
  const places = [...new Set(wanted)].sort();
  if (places.length > MAX_DOCUMENTS) {
    throw new VexSourceError(
      "LIMIT_EXCEEDED",
      `${redactUrl(base.href)}: has more than ${MAX_DOCUMENTS} documents for the image`,
    );
  }
  const documents: VexDocument[] = [];
  for (const place of places) {
    const url = new URL(place, base);
    documents.push(parseVex(await fetchText(url, LIMITS.maxVexBytes, options), { name: redactUrl(url.href) }));
  }
  return documents;
}

async function fetchText(url: URL, maxBytes: number, { http, signal }: VexHubOptions): Promise<string> {
  const answer = await http.send(url, { maxBytes, origin: "operator", ...(signal === undefined ? {} : { signal }) });
  if (answer.status !== 200) {
    throw new VexSourceError("VEX_SOURCE_UNREADABLE", `${redactUrl(url.href)}: answered ${answer.status}`);
  }
  return new TextDecoder().decode(answer.bytes);
}
