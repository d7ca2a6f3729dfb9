// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createTranslate } from "#messages";
import { isTrustServiceKnown } from "#trust-sources";
import { ConnectionDrain } from "../connection-drain.ts";
import type { RunningRole, ServerContext } from "../context.ts";
import { gateReadiness } from "../readiness.ts";
import { tlsOptionsOf, watchCertificates } from "./admission-certificates.ts";
import { type AdmissionHandlerOptions, createAdmissionHandler } from "./admission-handler.ts";
import { createAdmissionMetrics, measureCertificate } from "./admission-metrics.ts";
import { createAdmittedOwners } from "./admitted-owners.ts";
import { createCallerCheck } from "./callers.ts";
import { createImageJudge, type ImageJudge } from "./image-judge.ts";
import { createImagesJudge } from "./judge-images.ts";
import { createPasses } from "./passes.ts";
import { createRecorder } from "./record-review.ts";
import { createReviewer } from "./review.ts";
import { createPolicyReviewer } from "./review-policy-object.ts";
import { createTagResolver, type TagResolver } from "./tag-resolver.ts";
import { createWorkloadJudge } from "./workload-clauses.ts";
import { createWorkloadIdentity } from "./workload-identity.ts";

/** A review lasts 30 s at most; a connection that is not done by then is cut. */
const DRAIN_MS = 35_000;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than API servers keep a connection that is idle, so that none is closed under a request. */
const KEEP_ALIVE_MS = 120_000;
/** Far more than API servers open; each may hold a small body. */
const MAX_CONNECTIONS = 2_000;

/**
 * Starts the admission webhooks: HTTPS, `POST /admit` (mutating), `/validate` (validating), `/admit/trust` and `/admit/va`
 * (the two of Container Image Security Enforcement), `/policies` (our own kinds), `GET /healthz` and `/readyz`. Rejects
 * when the address cannot be had, nothing says who may ask, or there is no certificate.
 */
export async function startAdmission(context: ServerContext): Promise<RunningRole> {
  const { configuration, telemetry, clock } = context;
  const { host, port } = configuration.listen.admission;
  const checkCaller = createCallerCheck(
    configuration.admission,
    host,
    () => certificates.current().clientAuthority ?? "",
  );
  await using starting = new AsyncDisposableStack();
  const tags = starting.use(
    createTagResolver({ registry: context.database.registry, events: context.database.events, clock }),
  );
  const connections = new Set<Socket>();
  const outdated = new WeakSet<Socket>();
  // The listener is made after its first certificates were read.
  let listener: ReturnType<typeof createServer> | undefined;
  const certificates = starting.use(
    await watchCertificates(context, (next) => {
      listener?.setSecureContext(tlsOptionsOf(next));
      // Each ends with the answer to its next request: an API server that is just sending one must not lose it.
      for (const connection of connections) {
        outdated.add(connection);
      }
    }),
  );
  const server = createServer(
    {
      ...tlsOptionsOf(certificates.current()),
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    createAdmissionHandler({
      ...createParts(context, tags),
      checkCaller,
      isOutdated: (connection) => outdated.has(connection),
    }),
  );
  listener = server;
  measureCertificate(
    telemetry,
    () => (certificates.current().serving.notAfter.getTime() - clock.now().getTime()) / 1_000,
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.on("secureConnection", (connection: Socket) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  });
  server.on("tlsClientError", (error) => telemetry.log.debug({ err: error }, "a client's TLS handshake failed"));
  const drain = new ConnectionDrain(server, DRAIN_MS, context.leaving);
  server.listen(port, host);
  await once(server, "listening");
  const open = starting.move();
  return {
    name: "admission",
    url: urlOf(server.address() as AddressInfo),
    async stop() {
      await drain.stop();
      await open.disposeAsync();
    },
  };
}

function createParts(
  context: ServerContext,
  tags: TagResolver,
): Omit<AdmissionHandlerOptions, "checkCaller" | "isOutdated"> {
  const { configuration, database, judge, clock, telemetry, cluster } = context;
  const { admissions, decisions } = database;
  const { failure, pinnedForm } = configuration.admission;
  const translate = createTranslate(configuration.language);
  const metrics = createAdmissionMetrics(telemetry);
  const owners = createAdmittedOwners({ admissions, cluster, clock });
  return {
    review: createReviewer({
      judgeImages: createImagesJudge({ judgeImage: imageJudgeOf(context, tags), cluster }),
      identify: createWorkloadIdentity(cluster),
      judgeWorkload: createWorkloadJudge(clock),
      passes: createPasses({ admissions, owners, failure, pinnedForm }),
      owners,
      policies: judge.policies,
      settings: configuration.admission,
      translate,
    }),
    reviewPolicy: createPolicyReviewer({ client: cluster?.client, translate }),
    record: createRecorder({ decisions, admissions, owners, metrics, failure, clock }),
    readiness: () => gateReadiness(context).reasons,
    context,
    metrics,
    translate,
  };
}

function imageJudgeOf({ configuration, judge, clock, stopping }: ServerContext, tags: TagResolver): ImageJudge {
  const notaryServers = Object.fromEntries(
    configuration.signatures.notaryServers.map(({ name, value }) => [name, value]),
  );
  return createImageJudge({
    judge,
    tags,
    registryNames: configuration.registry.names,
    hasTrustService: (registry) => isTrustServiceKnown(registry, notaryServers),
    clock,
    stopping,
  });
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `https://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
