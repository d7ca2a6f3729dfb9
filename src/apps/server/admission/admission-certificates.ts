// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TlsOptions } from "node:tls";
import {
  ensureAuthorityBundle,
  ensureServingCertificate,
  readAuthorityFile,
  readCertificateFiles,
  type ServingCertificate,
  type Watched,
  watchByReading,
} from "#tls";
import type { ServerContext } from "../context.ts";

const LISTENER = "admission";
/** Files change when somebody else renews them; a read of three small files costs next to nothing. */
const FILES_CHECK_MS = 5_000;
const OWN_CHECK_MS = 3_600_000;
const ANY_ADDRESS: readonly string[] = ["0.0.0.0", "::"];

type CertificateContext = Pick<ServerContext, "configuration" | "database" | "clock">;

/** The certificate that the listener serves with, and whose client certificates count. */
export interface ListenerCertificates {
  readonly serving: ServingCertificate;
  /** PEM; absent when callers need none. */
  readonly clientAuthority?: string;
}

/**
 * The certificates of the listener, kept up to date; `onChange` is told after each change. The authority's certificates
 * are written to `<dataDir>/admission-ca.pem`, for `caBundle` and `curl --cacert`. New files that are broken are not used.
 */
export async function watchCertificates(
  context: CertificateContext & Pick<ServerContext, "telemetry">,
  onChange: (certificates: ListenerCertificates) => void,
): Promise<Watched<ListenerCertificates>> {
  const { configuration, telemetry } = context;
  const { callers, clientAuthority, certificateFiles } = configuration.admission;
  const watched = await watchByReading<ListenerCertificates>({
    read: async () => ({
      serving: await readServing(context),
      ...(callers === "certificate" && clientAuthority !== undefined
        ? { clientAuthority: await readAuthorityFile(clientAuthority, context.clock.now()) }
        : {}),
    }),
    isEqual: (a, b) =>
      a.serving.certPem === b.serving.certPem &&
      a.serving.caPem === b.serving.caPem &&
      a.clientAuthority === b.clientAuthority,
    onChange: async (next) => {
      onChange(next);
      await publishAuthority(configuration.dataDir, next.serving);
      telemetry.log.info(
        { notAfter: next.serving.notAfter.toISOString() },
        "the admission listener has new certificates",
      );
    },
    onProblem: (error) =>
      telemetry.log.error({ err: error }, "cannot use new certificates; the listener goes on with those that it has"),
    everyMs: certificateFiles === undefined && clientAuthority === undefined ? OWN_CHECK_MS : FILES_CHECK_MS,
  });
  await publishAuthority(configuration.dataDir, watched.current().serving);
  return watched;
}

/**
 * What API servers have to trust now, PEM, for the webhook configurations; while authorities change, the old and the new
 * one. Works in every process that shares the database, or has the files.
 */
export async function currentCaBundle(context: CertificateContext): Promise<string> {
  const { configuration, database, clock } = context;
  const { certificateFiles } = configuration.admission;
  return certificateFiles === undefined
    ? await ensureAuthorityBundle({ secrets: database.secrets, listener: LISTENER, clock })
    : await readAuthorityFile(certificateFiles.authority, clock.now());
}

/** Options for a listener that asks for client certificates where callers need one, and leaves it to the handler to refuse. */
export function tlsOptionsOf({ serving, clientAuthority }: ListenerCertificates): TlsOptions {
  return {
    cert: serving.certPem,
    key: serving.keyPem,
    minVersion: "TLSv1.2",
    ...(clientAuthority === undefined ? {} : { ca: clientAuthority, requestCert: true, rejectUnauthorized: false }),
  };
}

async function readServing({ configuration, database, clock }: CertificateContext): Promise<ServingCertificate> {
  const { certificateFiles } = configuration.admission;
  if (certificateFiles !== undefined) {
    return await readCertificateFiles(certificateFiles, clock.now());
  }
  const { host } = configuration.listen.admission;
  const names = [...(ANY_ADDRESS.includes(host) ? [] : [host]), ...configuration.admission.names];
  return await ensureServingCertificate({ secrets: database.secrets, listener: LISTENER, names, clock });
}

async function publishAuthority(dataDir: string, { caPem }: ServingCertificate): Promise<void> {
  await writeFile(join(dataDir, "admission-ca.pem"), caPem, { mode: 0o644 });
}
