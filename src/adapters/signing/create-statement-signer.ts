// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, type KeyObject } from "node:crypto";
import { bundleToJSON } from "@sigstore/bundle";
import { type Bundle, DSSEBundleBuilder, FulcioSigner, RekorWitness, type Witness } from "@sigstore/sign";
import { CodedError } from "#base";
import type { TrustHttp } from "#signatures";
import { assertOwnBundle } from "./assert-own-bundle.ts";
import { SigningError } from "./errors.ts";
import { createKeySigner, keyHint } from "./key-signer.ts";
import { createRekorV2Witness, isLoggable } from "./rekor-v2-witness.ts";
import { createTimestampWitness } from "./timestamp-witness.ts";

/** Who signs, and who witnesses it. URLs are those of an operator's flag or setting. */
export interface SigningOptions {
  readonly signer:
    | { readonly kind: "key"; readonly key: KeyObject }
    /** `identityToken` was read by `parseIdentityToken`. */
    | { readonly kind: "keyless"; readonly identityToken: string; readonly fulcioUrl: string };
  /** A transparency log; needed for keyless. Rekor v2 gives no time, so keyless needs a timestamp authority then. */
  readonly rekor?: { readonly url: string; readonly version: 1 | 2 } | undefined;
  /** The whole URL of a timestamp authority (RFC 3161). */
  readonly timestampUrl?: URL | undefined;
  /** How Rekor v2 and the timestamp authority are reached; it must live as long as the signer. */
  readonly http: TrustHttp;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** Signs in-toto statements. */
export interface StatementSigner {
  /** A Sigstore bundle 0.3 (JSON) with the statement in a DSSE envelope. Throws `SIGNING_SERVICE_FAILED`. */
  sign(statement: string): Promise<Uint8Array>;
}

const IN_TOTO_TYPE = "application/vnd.in-toto+json";
const DEFAULT_TIMEOUT_MS = 30_000;
const RETRIES = 2;

/** A signer for any number of statements; keyless asks for a new certificate with each. Throws `SIGNING_UNSUPPORTED`. */
export function createStatementSigner(options: SigningOptions): StatementSigner {
  assertSupported(options);
  const { signer } = options;
  const requests = { retry: { retries: RETRIES }, timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS };
  const builder = new DSSEBundleBuilder({
    signer:
      signer.kind === "key"
        ? createKeySigner(signer.key)
        : new FulcioSigner({
            fulcioBaseURL: baseUrl(signer.fulcioUrl),
            identityProvider: { getToken: () => Promise.resolve(signer.identityToken) },
            ...requests,
          }),
    witnesses: [...logWitness(options, requests), ...timeWitness(options)],
  });
  return {
    async sign(statement) {
      const bundle = await builder
        .create({ data: Buffer.from(statement), type: IN_TOTO_TYPE })
        .catch((error: unknown) => {
          throw explain(error, signer);
        });
      assertOwnBundle(bundle);
      return renderBundle(bundle, signer.kind === "key" ? keyHint(signer.key) : undefined);
    },
  };
}

interface Requests {
  readonly retry: { readonly retries: number };
  readonly timeout: number;
}

function logWitness({ rekor, http, signal }: SigningOptions, requests: Requests): readonly Witness[] {
  if (rekor === undefined) {
    return [];
  }
  return rekor.version === 2
    ? [createRekorV2Witness(http, baseUrl(rekor.url), signal)]
    : [new RekorWitness({ rekorBaseURL: baseUrl(rekor.url), ...requests })];
}

function timeWitness({ timestampUrl, http, signal }: SigningOptions): readonly Witness[] {
  return timestampUrl === undefined ? [] : [createTimestampWitness(http, timestampUrl, signal)];
}

function assertSupported({ signer, rekor, timestampUrl }: SigningOptions): void {
  if (signer.kind === "keyless" && rekor === undefined) {
    throw new SigningError("SIGNING_UNSUPPORTED", "a keyless signature needs a transparency log");
  }
  if (signer.kind === "keyless" && rekor?.version === 2 && timestampUrl === undefined) {
    throw new SigningError(
      "SIGNING_UNSUPPORTED",
      "a keyless signature with Rekor v2 needs a timestamp authority: this log gives no time",
    );
  }
  if (signer.kind === "key" && rekor?.version === 2 && !isLoggable(createPublicKey(signer.key))) {
    throw new SigningError("SIGNING_UNSUPPORTED", "Rekor v2 takes only signatures by ECDSA P-256 and RSA keys");
  }
}

/** A bundle by a key says which key in its verification material. */
function renderBundle(bundle: Bundle, hint: string | undefined): Uint8Array {
  const { content } = bundle.verificationMaterial;
  if (content.$case === "publicKey" && hint !== undefined) {
    content.publicKey.hint = hint;
  }
  return Buffer.from(JSON.stringify(bundleToJSON(bundle)));
}

function baseUrl(url: string): string {
  return url.replace(/\/$/, "");
}

/**
 * Messages of the library name the service and its status. An error without a code comes from reading the token and
 * quotes it; a service may repeat it as well.
 */
function explain(error: unknown, signer: SigningOptions["signer"]): Error {
  if (error instanceof CodedError) {
    return error;
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const isTold = error instanceof Error && code !== "" && !code.startsWith("IDENTITY_TOKEN");
  const reason = isTold && error.cause instanceof Error ? `: ${error.cause.message}` : "";
  const message = isTold ? withoutToken(`${error.message}${reason}`, signer).slice(0, 500) : "signing failed";
  return new SigningError("SIGNING_SERVICE_FAILED", message, isTold ? { cause: error } : {});
}

function withoutToken(message: string, signer: SigningOptions["signer"]): string {
  const parts = signer.kind === "key" ? [] : signer.identityToken.split(".").filter((part) => part !== "");
  return parts.reduce((text, part) => text.replaceAll(part, "…"), message);
}
