// SPDX-License-Identifier: Apache-2.0
import { digestOf, LIMITS } from "#base";
import type { RevocationQuestion, RevocationSource } from "#notation";
import type { TrustHttp } from "#signatures";
import { TrustSourceError } from "../errors.ts";
import { SharedWork } from "../notary/shared-work.ts";

/** Revocation lists and OCSP answers of one process. */
export interface RevocationAnswers {
  /** The source for one look: nothing that ended before `now` is given out, and nothing is waited for after `signal`. */
  source(look: { readonly now: Date; readonly signal?: AbortSignal | undefined }): RevocationSource;
}

interface KeptAnswer {
  readonly bytes: Uint8Array;
  readonly until: number;
}

/** What clients of the Notary Project wait by default, a list and an OCSP answer (trust-store-trust-policy). */
const DEADLINE_MS: Readonly<Record<RevocationQuestion["method"], number>> = { crl: 5_000, ocsp: 2_000 };
const MAX_KEPT_ANSWERS = 512;
const MAX_KEPT_BYTES = 2 * LIMITS.maxRevocationBytes;

/**
 * Answers over HTTP, each question asked once at a time. Kept is only what the verifier says that it verified, until it
 * ends: a failure, an error page or a forged list is asked for again the next time. The URLs stand in certificates, so
 * they are somebody else's content, and the guard against private addresses holds for them.
 */
export function createRevocationAnswers(http: TrustHttp): RevocationAnswers {
  const kept = new Map<string, KeptAnswer>();
  const asking = {
    crl: new SharedWork<Uint8Array>(DEADLINE_MS.crl),
    ocsp: new SharedWork<Uint8Array>(DEADLINE_MS.ocsp),
  };
  return {
    source: ({ now, signal }) => ({
      async read(question) {
        const key = keyOf(question);
        const known = kept.get(key);
        if (known !== undefined && known.until >= now.getTime()) {
          return known.bytes;
        }
        kept.delete(key);
        return await asking[question.method].share(key, signal, (stop) => ask(http, question, stop));
      },
      keep(question, bytes, until) {
        const key = keyOf(question);
        kept.delete(key);
        kept.set(key, { bytes, until: until.getTime() });
        dropOldest(kept);
      },
    }),
  };
}

async function ask(http: TrustHttp, question: RevocationQuestion, signal: AbortSignal): Promise<Uint8Array> {
  const answer = await http.send(new URL(question.url), {
    ...(question.method === "ocsp"
      ? { method: "POST", headers: { "content-type": "application/ocsp-request" }, body: question.request }
      : { method: "GET" }),
    maxBytes: LIMITS.maxRevocationBytes,
    origin: "content",
    signal,
  });
  if (answer.status !== 200) {
    throw new TrustSourceError("REVOCATION_UNAVAILABLE", `expected status 200, found ${answer.status}`);
  }
  return answer.bytes;
}

function keyOf(question: RevocationQuestion): string {
  return question.method === "crl"
    ? `crl ${question.url}`
    : `ocsp ${question.url} ${digestOf(Buffer.from(question.request))}`;
}

function dropOldest(kept: Map<string, KeptAnswer>): void {
  let bytes = [...kept.values()].reduce((sum, each) => sum + each.bytes.length, 0);
  for (const [key, answer] of kept) {
    if (kept.size <= MAX_KEPT_ANSWERS && bytes <= MAX_KEPT_BYTES) {
      return;
    }
    kept.delete(key);
    bytes -= answer.bytes.length;
  }
}
