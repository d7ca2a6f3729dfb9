// SPDX-License-Identifier: Apache-2.0
import type { Reason } from "#policy";
import { RegistryError } from "../errors.ts";
import type { AnswerHeaders, Exchange } from "../http/exchange.ts";
import type { RoutedRequest } from "../routes/route.ts";
import { ProxyCacheError } from "./errors.ts";

/** Held pulls are asked for again by kubelets and people after about this time. */
const RETRY_SECONDS = 10;

/**
 * Fills the repository when it is one of a cache, and says what the answer must tell of it. Whether it may be handed
 * out is the gate's to decide, afterwards.
 */
export async function prepareManifest(request: RoutedRequest): Promise<AnswerHeaders> {
  const { parts, exchange, repository, reference } = request;
  const { proxyCache } = parts;
  if (proxyCache?.placeOf(repository) === undefined) {
    return {};
  }
  try {
    const { scanWaitMs } = parts.configuration;
    const answer = await exchange.whileWorking(() => proxyCache.prepare(repository, reference, scanWaitMs));
    return answer?.isStale === true ? staleHeaders(exchange, answer.ageSeconds) : {};
  } catch (error) {
    throw error instanceof ProxyCacheError ? refusalOf(request, error) : error;
  }
}

/** Throws `DENIED` for a push into a cache: what is there is what the other registry has, and nothing else. */
export function assertNoCache({ parts, exchange, repository }: RoutedRequest): void {
  const place = parts.proxyCache?.placeOf(repository);
  if (place !== undefined) {
    const { registry } = place.settings;
    throw new RegistryError("DENIED", exchange.translate("registryTransfer.pushIntoCache", { registry }), {
      details: { prefix: place.prefix, registry },
    });
  }
}

/** RFC 9111, "Age"; distribution-spec 1.1, "Warnings". */
function staleHeaders(exchange: Exchange, ageSeconds: number): AnswerHeaders {
  const text = exchange.translate("registryTransfer.stale", { minutes: Math.ceil(ageSeconds / 60) });
  // a header holds ASCII; clients that ask for Korean do not read this one
  const plain = /^[\x20-\x7e]*$/.test(text) ? text.replaceAll(/["\\]/g, "'") : "not confirmed by the upstream registry";
  return { age: ageSeconds, warning: `299 - "${plain}"` };
}

function refusalOf({ parts, exchange, access, repository, reference }: RoutedRequest, error: ProxyCacheError): Error {
  const registry = parts.proxyCache?.placeOf(repository)?.settings.registry ?? "";
  const { waitSeconds = 0 } = error.details as { readonly waitSeconds?: number };
  const message = exchange.translate(`registryTransfer.cache.${error.code}`, { registry, seconds: waitSeconds });
  switch (error.code) {
    case "UPSTREAM_UNKNOWN":
      return new RegistryError("MANIFEST_UNKNOWN", message, { details: { reference, registry } });
    case "BEING_FETCHED":
    case "UPSTREAM_LIMITED": {
      const reason: Reason =
        error.code === "BEING_FETCHED"
          ? { code: "SCAN_PENDING", effect: "undecided", params: {} }
          : { code: "REGISTRY_UNAVAILABLE", effect: "undecided", params: { registry, problem: "busy" } };
      parts.proxyCache?.recordHeld(
        { actor: access.actor, requestId: exchange.requestId },
        { repository, reference, reason },
      );
      return new RegistryError("DENIED", message, {
        details: { outcome: "undecided", reasons: [{ code: error.code, message }] },
        headers: { "retry-after": String(Math.max(RETRY_SECONDS, waitSeconds)) },
      });
    }
    case "UPSTREAM_REFUSED":
      return new RegistryError("DENIED", message, { details: { registry } });
    default:
      return new RegistryError("UNAVAILABLE", message, {
        details: { registry },
        headers: { "retry-after": String(Math.max(RETRY_SECONDS, waitSeconds)) },
      });
  }
}
