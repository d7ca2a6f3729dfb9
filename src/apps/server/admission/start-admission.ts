// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createTranslate } from "#messages";
import { ensureServingCertificate, type ServingCertificate } from "#tls";
import { isTrustServiceKnown } from "#trust-sources";
import { ConnectionDrain } from "../connection-drain.ts";
import type { RunningRole, ServerContext } from "../context.ts";
import { createAdmissionHandler } from "./admission-handler.ts";
import { createAdmissionMetrics } from "./admission-metrics.ts";
import { createImageJudge } from "./image-judge.ts";
import { createReviewer } from "./review.ts";
import { createTagResolver } from "./tag-resolver.ts";

const CERTIFICATE_CHECK_MS = 3_600_000;
/** A review lasts 30 s at most; a connection that is not done by then is cut. */
const DRAIN_MS = 35_000;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Far more than API servers open; each may hold a small body. */
const MAX_CONNECTIONS = 2_000;
const ANY_ADDRESS: readonly string[] = ["0.0.0.0", "::"];

/**
 * Starts the admission webhooks: HTTPS, `POST /admit` (mutating) and `POST /validate` (validating). The certificate of
 * the authority is written to `<dataDir>/admission-ca.pem`, for `caBundle` and `curl --cacert`. Rejects when the address
 * cannot be had or the certificate cannot be made.
 */
export async function startAdmission(context: ServerContext): Promise<RunningRole> {
  const { configuration, database, judge, clock, telemetry } = context;
  const { host, port } = configuration.listen.admission;
  const notaryServers = Object.fromEntries(
    configuration.signatures.notaryServers.map(({ name, value }) => [name, value]),
  );
  const translate = createTranslate(configuration.language);
  const tags = createTagResolver({ registry: database.registry, events: database.events, clock });
  const review = createReviewer({
    judgeImage: createImageJudge({
      judge,
      tags,
      registryNames: configuration.registry.names,
      hasTrustService: (registry) => isTrustServiceKnown(registry, notaryServers),
      stopping: context.stopping,
    }),
    failure: configuration.admission.failure,
    translate,
  });
  const metrics = createAdmissionMetrics(telemetry);

  async function readCertificate(): Promise<ServingCertificate> {
    const names = [...(ANY_ADDRESS.includes(host) ? [] : [host]), ...configuration.admission.names];
    return await ensureServingCertificate({ secrets: database.secrets, listener: "admission", names, clock });
  }

  let current = await readCertificate();
  await publishAuthority(configuration.dataDir, current);
  const server = createServer(
    { ...tlsOptions(current), headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    createAdmissionHandler({ review, context, metrics, translate }),
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.on("tlsClientError", (error) => telemetry.log.debug({ err: error }, "a client's TLS handshake failed"));
  const drain = new ConnectionDrain(server, DRAIN_MS);
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    tags[Symbol.dispose]();
    throw error;
  }

  async function renew(): Promise<void> {
    const next = await readCertificate();
    if (next.certPem !== current.certPem) {
      current = next;
      server.setSecureContext(tlsOptions(next));
      await publishAuthority(configuration.dataDir, next);
      telemetry.log.info({ notAfter: next.notAfter.toISOString() }, "renewed the admission certificate");
    }
  }
  const timer = setInterval(() => {
    renew().catch((error: unknown) => telemetry.log.error({ err: error }, "could not renew the admission certificate"));
  }, CERTIFICATE_CHECK_MS);
  timer.unref();

  return {
    name: "admission",
    url: urlOf(server.address() as AddressInfo),
    async stop() {
      clearInterval(timer);
      await drain.stop();
      tags[Symbol.dispose]();
    },
  };
}

function tlsOptions({ certPem, keyPem }: ServingCertificate): { cert: string; key: string; minVersion: "TLSv1.2" } {
  return { cert: certPem, key: keyPem, minVersion: "TLSv1.2" };
}

async function publishAuthority(dataDir: string, { caPem }: ServingCertificate): Promise<void> {
  await writeFile(join(dataDir, "admission-ca.pem"), caPem, { mode: 0o644 });
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `https://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
