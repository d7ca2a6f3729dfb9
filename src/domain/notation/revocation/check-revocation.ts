// SPDX-License-Identifier: Apache-2.0
import { messageOf, redactUrl } from "#base";
import type { Certificate } from "../x509/certificate.ts";
import type { CertificateChain } from "../x509/certificate-chain.ts";
import { renderDistinguishedName } from "../x509/distinguished-name.ts";
import { encodeOcspRequest } from "./encode-ocsp-request.ts";
import { judgeCrl } from "./judge-crl.ts";
import { judgeOcsp } from "./judge-ocsp.ts";
import type { RevocationQuestion, RevocationSource } from "./revocation-source.ts";
import { type RevocationStatus, unknownStatus } from "./revocation-status.ts";

/** What is known of a whole chain. */
export type ChainRevocation =
  | { readonly state: "good"; readonly until?: number }
  | { readonly state: "revoked" | "unknown"; readonly message: string };

interface Moment {
  readonly source: RevocationSource;
  readonly now: number;
  /** Trusted time of what was signed, in milliseconds. */
  readonly signedAt?: number | undefined;
}

interface Issued {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
}

/** How many URLs of one certificate are tried. */
const MAX_TRIED = 3;

/**
 * Asks about every certificate of the chain but its root (trust-store-trust-policy, "Certificate Revocation
 * Evaluation"): by OCSP, and by lists where that gives nothing; one that names neither cannot be revoked. Only to be
 * called for a chain that leads to a trust store, since the URLs are the certificates'.
 */
export async function checkRevocation(chain: CertificateChain, moment: Moment): Promise<ChainRevocation> {
  const issued = chain
    .slice(0, -1)
    .map((certificate, index) => ({ certificate, issuer: chain[index + 1] ?? certificate }));
  const statuses = await Promise.all(issued.map(async (each) => await checkCertificate(each, moment)));
  // Revoked outweighs unknown, whichever certificate it is.
  for (const state of ["revoked", "unknown"] as const) {
    const index = statuses.findIndex((status) => status.state === state);
    const [status, certificate] = [statuses[index], chain[index]];
    if (status !== undefined && certificate !== undefined) {
      return { state, message: describe(certificate, status) };
    }
  }
  const ends = statuses.flatMap((status) =>
    status.state === "good" && status.until !== undefined ? [status.until] : [],
  );
  return { state: "good", ...(ends.length === 0 ? {} : { until: Math.min(...ends) }) };
}

async function checkCertificate(issued: Issued, moment: Moment): Promise<RevocationStatus> {
  const ocsp = await firstAnswer(issued.certificate.ocspUrls, async (url) => await askOcsp(url, issued, moment));
  if (ocsp !== undefined && ocsp.state !== "unknown") {
    return ocsp;
  }
  return (await checkLists(issued, moment)) ?? ocsp ?? { state: "good" };
}

async function checkLists(issued: Issued, moment: Moment): Promise<RevocationStatus | undefined> {
  return await firstAnswer(issued.certificate.crlUrls, async (url) => {
    return await ask({ method: "crl", url }, moment, async (bytes) => {
      return await Promise.resolve(judgeCrl(bytes, { ...issued, now: moment.now, signedAt: moment.signedAt }));
    });
  });
}

async function askOcsp(url: string, issued: Issued, moment: Moment): Promise<RevocationStatus> {
  const request = encodeOcspRequest(issued.certificate, issued.issuer);
  return await ask({ method: "ocsp", url, request }, moment, async (bytes) => {
    const { status, responder } = judgeOcsp(bytes, { ...issued, now: moment.now, signedAt: moment.signedAt });
    const ofResponder =
      responder === undefined ? undefined : await checkLists({ certificate: responder, issuer: issued.issuer }, moment);
    return ofResponder === undefined || ofResponder.state === "good"
      ? status
      : unknownStatus(
          `the certificate of the OCSP responder is ${ofResponder.state === "revoked" ? "revoked" : "not known to hold"}`,
        );
  });
}

async function ask(
  question: RevocationQuestion,
  { source }: Moment,
  judge: (bytes: Uint8Array) => Promise<RevocationStatus>,
): Promise<RevocationStatus> {
  let bytes: Uint8Array;
  try {
    bytes = await source.read(question);
  } catch (error) {
    // Not reachable is an answer here: it is carried on as "unknown".
    return unknownStatus(`${redactUrl(question.url)}: ${messageOf(error)}`);
  }
  const status = await judge(bytes);
  if (status.state !== "unknown" && status.until !== undefined) {
    source.keep(question, bytes, new Date(status.until));
  }
  return status;
}

/** The first status that is not `unknown`, else the last; `undefined` when there is no URL to ask at all. */
async function firstAnswer(
  urls: readonly string[],
  askOne: (url: string) => Promise<RevocationStatus>,
): Promise<RevocationStatus | undefined> {
  if (urls.length === 0) {
    return undefined;
  }
  let status = unknownStatus("none of the URLs is of HTTP");
  for (const url of urls.filter((each) => /^https?:\/\//i.test(each)).slice(0, MAX_TRIED)) {
    status = await askOne(url);
    if (status.state !== "unknown") {
      return status;
    }
  }
  return status;
}

function describe(certificate: Certificate, status: RevocationStatus): string {
  const subject = renderDistinguishedName(certificate.subject).slice(0, 200);
  return status.state === "unknown"
    ? `whether the certificate of ${subject} is revoked is not known: ${status.message}`
    : `the certificate of ${subject} is revoked`;
}
