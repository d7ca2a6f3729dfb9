// SPDX-License-Identifier: Apache-2.0
import { createHash, generateKeyPairSync } from "node:crypto";
import { type CertificateAuthority, createCertificateAuthority } from "./certificate-authority.ts";
import { createTimestampAuthority, type TimestampAuthority } from "./timestamp-authority.ts";
import { createTransparencyLog, type TransparencyLog } from "./transparency-log.ts";

/** All services of a Sigstore in memory; `startSigstoreServers` puts them on loopback. */
export interface PrivateSigstore {
  readonly authority: CertificateAuthority;
  readonly rekorV1: TransparencyLog;
  readonly rekorV2: TransparencyLog;
  readonly timestamps: TimestampAuthority;
  readonly urls: SigstoreUrls;
  /** The JSON of a `trusted_root.json` that trusts exactly these services, or what is left after `without`. */
  trustedRoot(without?: readonly ("authority" | "certificateLog" | "rekor" | "timestamps")[]): string;
}

export interface SigstoreUrls {
  readonly fulcio: string;
  readonly rekorV1: string;
  readonly rekorV2: string;
  readonly timestamps: string;
  readonly issuer: string;
}

const NOWHERE: SigstoreUrls = {
  fulcio: "https://fulcio.sigstore.test",
  rekorV1: "https://rekor.sigstore.test",
  rekorV2: "https://log2026.sigstore.test",
  timestamps: "https://timestamp.sigstore.test",
  issuer: "https://issuer.sigstore.test",
};

/** New keys for every service, so that two of them never trust each other. */
export async function createPrivateSigstore(
  options: { readonly urls?: SigstoreUrls; readonly now?: () => Date } = {},
): Promise<PrivateSigstore> {
  const now = options.now ?? ((): Date => new Date());
  const urls = options.urls ?? NOWHERE;
  const authority = await createCertificateAuthority(now);
  const timestamps = await createTimestampAuthority(now);
  const rekorV1 = createTransparencyLog({
    version: 1,
    baseUrl: urls.rekorV1,
    keys: generateKeyPairSync("ec", { namedCurve: "P-256" }),
    now,
  });
  const rekorV2 = createTransparencyLog({
    version: 2,
    baseUrl: urls.rekorV2,
    keys: generateKeyPairSync("ed25519"),
    now,
  });
  const services = { authority, rekorV1, rekorV2, timestamps, urls };
  return { ...services, trustedRoot: (without = []) => JSON.stringify(toTrustedRoot(services, without)) };
}

function toTrustedRoot(
  services: Omit<PrivateSigstore, "trustedRoot">,
  without: readonly ("authority" | "certificateLog" | "rekor" | "timestamps")[],
): Record<string, unknown> {
  const { authority, rekorV1, rekorV2, timestamps, urls } = services;
  const validFor = { start: "2026-01-01T00:00:00Z" };
  const certificateLog = createHash("sha256").update(authority.certificateLogKey).digest();
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: without.includes("rekor")
      ? []
      : [rekorV1, rekorV2].map((log) => ({
          baseUrl: log.baseUrl,
          hashAlgorithm: "SHA2_256",
          publicKey: {
            rawBytes: log.publicKey.export({ type: "spki", format: "der" }).toString("base64"),
            keyDetails: log.version === 1 ? "PKIX_ECDSA_P256_SHA_256" : "PKIX_ED25519",
            validFor,
          },
          logId: { keyId: log.keyId.toString("base64") },
        })),
    certificateAuthorities: without.includes("authority")
      ? []
      : [toAuthority(urls.fulcio, authority.chain, "private fulcio", validFor)],
    ctlogs: without.includes("certificateLog")
      ? []
      : [
          {
            baseUrl: `${urls.fulcio}/ctlog`,
            hashAlgorithm: "SHA2_256",
            publicKey: {
              rawBytes: authority.certificateLogKey.toString("base64"),
              keyDetails: "PKIX_ECDSA_P256_SHA_256",
              validFor,
            },
            logId: { keyId: certificateLog.toString("base64") },
          },
        ],
    timestampAuthorities: without.includes("timestamps")
      ? []
      : [toAuthority(`${urls.timestamps}/api/v1/timestamp`, timestamps.chain, "private timestamp authority", validFor)],
  };
}

function toAuthority(uri: string, chain: readonly Buffer[], commonName: string, validFor: unknown): unknown {
  return {
    subject: { organization: "haechi.test", commonName },
    uri,
    certChain: { certificates: chain.map((der) => ({ rawBytes: der.toString("base64") })) },
    validFor,
  };
}
