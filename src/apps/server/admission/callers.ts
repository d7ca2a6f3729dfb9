// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Configuration } from "#configuration";
import { ServerError } from "../errors.ts";

/** Why a caller is not answered. */
export type CallerProblem = "no-certificate" | "untrusted-certificate" | "other-name";

/** Whether whoever sent a request may ask; `undefined` when they may. */
export type CallerCheck = (request: IncomingMessage) => CallerProblem | undefined;

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

/**
 * Who may ask. Anybody else who reaches the port must not poison what is known, read findings or make us call other
 * hosts (gate.md, "Who asks"). Throws when nothing is configured and more than this machine reaches the listener.
 */
export function createCallerCheck(
  { callers, clientNames }: Pick<Configuration["admission"], "callers" | "clientNames">,
  host: string,
  /** PEM of the authorities whose certificates count now. */
  authority: () => string,
): CallerCheck {
  if (callers === undefined && !LOOPBACK.has(host)) {
    throw new ServerError(
      "CALLERS_UNSET",
      `admission.callers must be certificate or network, since listen.admission is ${host}, which others reach`,
    );
  }
  if (callers !== "certificate") {
    return () => undefined;
  }
  const names = new Set(clientNames);
  // A certificate belongs to a connection, and is looked at once for each set of authorities.
  const known = new WeakMap<TLSSocket, { readonly authority: string; readonly problem: CallerProblem | undefined }>();
  return ({ socket }) => {
    const connection = socket as TLSSocket;
    const authorities = authority();
    const before = known.get(connection);
    if (before !== undefined && before.authority === authorities) {
      return before.problem;
    }
    let problem = checkCertificate(connection, names);
    if (problem === undefined && before !== undefined && !isIssuedBy(connection, authorities)) {
      // The handshake verified it by authorities that have been replaced since.
      problem = "untrusted-certificate";
    }
    known.set(connection, { authority: authorities, problem });
    return problem;
  };
}

function isIssuedBy(connection: TLSSocket, authorities: string): boolean {
  const certificate = connection.getPeerX509Certificate();
  return (authorities.match(PEM) ?? []).some((pem) => {
    const authority = new X509Certificate(pem);
    return certificate?.checkIssued(authority) === true && certificate.verify(authority.publicKey);
  });
}

function checkCertificate(connection: TLSSocket, names: ReadonlySet<string>): CallerProblem | undefined {
  const certificate = connection.getPeerX509Certificate();
  if (certificate === undefined) {
    return "no-certificate";
  }
  // OpenSSL has verified chain, time and purpose (clientAuth); the handshake has proved the key.
  if (!connection.authorized) {
    return "untrusted-certificate";
  }
  if (names.size === 0) {
    return undefined;
  }
  // Of several common names it would be open which one counts: then there are several texts, and none is looked for.
  const { CN: name } = connection.getPeerCertificate().subject as { readonly CN?: unknown };
  return typeof name === "string" && names.has(name) ? undefined : "other-name";
}
