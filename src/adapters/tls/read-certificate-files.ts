// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, X509Certificate } from "node:crypto";
import { open } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { messageOf } from "#base";
import type { ServingCertificate } from "./ensure-serving-certificate.ts";
import { TlsError } from "./errors.ts";

/** PEM files that somebody else makes and renews, such as cert-manager in a mounted Secret. */
export interface CertificateFiles {
  /** The serving certificate, then its chain. */
  readonly certificate: string;
  readonly key: string;
  /** What clients have to trust. */
  readonly authority: string;
}

const MAX_FILE_BYTES = 1024 * 1024;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/**
 * The certificate in the files. Throws {@link TlsError} `TLS_FILES_INVALID` unless they fit together and are good now, so
 * that files in the middle of being written are never served.
 */
export async function readCertificateFiles(files: CertificateFiles, now: Date): Promise<ServingCertificate> {
  const caPem = await readAuthorityFile(files.authority, now);
  return { ...(await readServingFiles(files, now)), caPem };
}

/** As {@link readCertificateFiles}, for clients that trust the certificate by themselves. */
export async function readServingFiles(
  files: Pick<CertificateFiles, "certificate" | "key">,
  now: Date,
): Promise<Omit<ServingCertificate, "caPem">> {
  const certPem = await readPem(files.certificate);
  const keyPem = await readPem(files.key);
  try {
    const certificate = new X509Certificate(certPem);
    if (!certificate.checkPrivateKey(createPrivateKey(keyPem))) {
      throw new Error("the key is not that of the certificate");
    }
    if (now >= certificate.validToDate) {
      throw new Error(`the certificate ended at ${certificate.validToDate.toISOString()}`);
    }
    createSecureContext({ cert: certPem, key: keyPem });
    return { certPem, keyPem, notAfter: certificate.validToDate };
  } catch (error) {
    throw invalid(files.certificate, error);
  }
}

/** The certificates in a file of authorities that are good now, as PEM. Throws {@link TlsError} when there is none. */
export async function readAuthorityFile(path: string, now: Date): Promise<string> {
  const pem = await readPem(path);
  try {
    const certificates = (pem.match(CERTIFICATE) ?? []).map((text) => new X509Certificate(text));
    const good = certificates.filter(({ validToDate }) => now < validToDate);
    if (good.length === 0) {
      throw new Error(certificates.length === 0 ? "holds no certificate" : "every certificate is past its time");
    }
    return good.map((certificate) => certificate.toString()).join("");
  } catch (error) {
    throw invalid(path, error);
  }
}

async function readPem(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_FILE_BYTES + 1), 0, MAX_FILE_BYTES + 1, 0);
    if (bytesRead > MAX_FILE_BYTES) {
      throw new Error(`larger than ${MAX_FILE_BYTES} bytes`);
    }
    return buffer.subarray(0, bytesRead).toString("latin1");
  } catch (error) {
    throw invalid(path, error);
  }
}

function invalid(path: string, error: unknown): TlsError {
  return new TlsError("TLS_FILES_INVALID", `${path}: ${messageOf(error)}`, { cause: error });
}
