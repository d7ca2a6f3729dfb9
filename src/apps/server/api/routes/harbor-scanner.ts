// SPDX-License-Identifier: Apache-2.0
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Role } from "#database";
import { DOCKER_MANIFEST, OCI_MANIFEST } from "#oci";
import type { ServerContext } from "../../context.ts";
import {
  HARBOR_TYPES,
  HarborScanError,
  type HarborScanErrorCode,
  type HarborScanning,
  type HarborScanState,
  OURSELVES,
  SBOM_TYPES,
  type SbomType,
  scanRequestSchema,
  toHarborReport,
  toHarborSbom,
} from "../../harbor-scanner/index.ts";
import type { ApiApp } from "../api-app.ts";
import { accountOf } from "../security/authenticate.ts";
import { appendAudit } from "../views/append-audit.ts";

const BASE = "/api/v1/harbor-scanner";
/** Whoever may scan for us may scan for their own registry. */
const SCANNERS: readonly Role[] = ["ADMIN", "IMAGE_UPLOADER", "VIEWER"];
const REFRESH_AFTER_SECONDS = 2;
const STATUS: Readonly<Record<HarborScanErrorCode, number>> = {
  FIELD_INVALID: 422,
  NOT_CAPABLE: 501,
  REQUEST_UNKNOWN: 404,
  QUEUE_FULL: 503,
  SCAN_FAILED: 500,
};
const CONSUMED = [OCI_MANIFEST, DOCKER_MANIFEST];

/**
 * Robots of registries cannot always be given a name and a password: `Bearer ACCESS_KEY:SECRET_KEY` is then the same as Basic, for the
 * routes of this file alone. Before the check of who may call what.
 */
export function acceptScannerBearer(app: ApiApp): void {
  app.addHook("onRequest", async (request) => {
    const { authorization = "" } = request.headers;
    if (request.url.startsWith(`${BASE}/`) && /^bearer [^ ]+$/i.test(authorization)) {
      const pair = authorization.slice("bearer ".length);
      request.headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
    }
  });
}

/** The scanner adapter API 1.2 of Harbor; its addresses begin with `api/v1` by themselves. */
export function addHarborScannerRoutes(app: ApiApp, context: ServerContext): void {
  // media types of its own, with parameters
  app.addContentTypeParser(
    /^application\/vnd\.scanner\.adapter\.scan\.request\+json(?:$|[ ;])/,
    { parseAs: "string" },
    app.getDefaultJsonParser("error", "error"),
  );

  app.route({
    method: "GET",
    url: `${BASE}/api/v1/metadata`,
    config: { access: SCANNERS },
    schema: { hide: true },
    handler: async (_request, reply) => {
      const updatedAt = context.judge.advisories.date;
      return send(reply, 200, HARBOR_TYPES.metadata, {
        scanner: OURSELVES,
        capabilities: [
          {
            type: "vulnerability",
            consumes_mime_types: CONSUMED,
            produces_mime_types: [HARBOR_TYPES.vulnerabilities, HARBOR_TYPES.vulnerabilitiesOld],
          },
          {
            type: "sbom",
            consumes_mime_types: CONSUMED,
            produces_mime_types: [HARBOR_TYPES.sbom],
            additional_attributes: { sbom_media_types: SBOM_TYPES },
          },
        ],
        properties: {
          "harbor.scanner-adapter/scanner-type": "os-package-vulnerability",
          "harbor.scanner-adapter/vulnerability-database-updated-at": updatedAt,
        },
      });
    },
  });

  app.route({
    method: "POST",
    url: `${BASE}/api/v1/scan`,
    config: { access: SCANNERS },
    schema: { hide: true },
    handler: async (request, reply) =>
      await answering(reply, async () => {
        const parsed = scanRequestSchema.safeParse(request.body);
        if (!parsed.success) {
          const fields = parsed.error.issues.slice(0, 5).map(({ path }) => path.map(String).join("."));
          return sendError(reply, 422, `expected a scan request; see ${fields.join(", ")}`);
        }
        const { registry, artifact } = parsed.data;
        const target = `${URL.parse(registry.url)?.host ?? ""}/${artifact.repository ?? ""}@${artifact.digest ?? ""}`;
        await appendAudit(context, request, {
          actor: accountOf(request).name,
          action: "harbor-scan-requested",
          target,
        });
        const id = await scansOf(context).request(accountOf(request).id, parsed.data);
        return send(reply, 202, HARBOR_TYPES.response, { id });
      }),
  });

  // not `:id`: ids are tickets, longer than parameters may be
  app.route<{ Params: { "*": string }; Querystring: { sbom_media_type?: string } }>({
    method: "GET",
    url: `${BASE}/api/v1/scan/*`,
    config: { access: SCANNERS },
    schema: { hide: true },
    handler: async (request, reply) =>
      await answering(reply, async () => {
        const id = /^([^/]+)\/report$/.exec(request.params["*"])?.[1];
        if (id === undefined) {
          return sendError(reply, 404, "no such address");
        }
        const type = acceptedType(request);
        if (type === undefined) {
          return sendError(reply, 501, "no report of this kind: see the capabilities of the metadata");
        }
        const { sbom_media_type: asked } = request.query;
        const sbomType = SBOM_TYPES.find((each) => each === asked);
        if (type === HARBOR_TYPES.sbom && sbomType === undefined) {
          return sendError(reply, 400, `sbom_media_type: expected ${SBOM_TYPES.join(" or ")}`);
        }
        const found = await scansOf(context).find(accountOf(request).id, id);
        if (found.state === "waiting") {
          return reply.code(302).header("refresh-after", REFRESH_AFTER_SECONDS).send();
        }
        return send(reply, 200, type, renderReport(found, type, sbomType));
      }),
  });
}

function renderReport(
  { record, ticket }: Extract<HarborScanState, { readonly state: "done" }>,
  type: string,
  sbomType: SbomType | undefined,
): object {
  const { report, finishedAt = "" } = record;
  if (report === undefined) {
    throw new HarborScanError("SCAN_FAILED", "the scan has no report");
  }
  const { repository, digest, tag, mimeType } = ticket;
  const artifact = { repository, digest, ...(tag === undefined ? {} : { tag }), mime_type: mimeType };
  const scanned = { report, artifact, generatedAt: finishedAt };
  return type === HARBOR_TYPES.sbom && sbomType !== undefined
    ? toHarborSbom(scanned, sbomType)
    : toHarborReport(scanned);
}

function scansOf({ harborScans }: ServerContext): HarborScanning {
  if (harborScans === undefined) {
    throw new HarborScanError("NOT_CAPABLE", "this server scans for no other registries: see harborScanner.registries");
  }
  return harborScans;
}

/** The first media type of `Accept` that we have; without one, the present report of vulnerabilities. */
function acceptedType({ headers }: FastifyRequest): string | undefined {
  const asked = (headers.accept ?? "*/*").slice(0, 2_000).split(",").map(normalized);
  const known = [HARBOR_TYPES.vulnerabilities, HARBOR_TYPES.vulnerabilitiesOld, HARBOR_TYPES.sbom];
  for (const each of asked) {
    const found = each === "*/*" ? HARBOR_TYPES.vulnerabilities : known.find((type) => normalized(type) === each);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function normalized(type: string): string {
  return type
    .split(";")
    .map((part) => part.trim().toLowerCase())
    .filter((part) => !part.startsWith("q="))
    .join(";");
}

async function answering(reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HarborScanError) {
      return sendError(reply, STATUS[error.code], error.message);
    }
    throw error;
  }
}

function sendError(reply: FastifyReply, status: number, message: string): FastifyReply {
  return send(reply, status, HARBOR_TYPES.error, { error: { message } });
}

/** As bytes: the serializer of the application knows JSON by its usual name only. */
function send(reply: FastifyReply, status: number, type: string, body: object): FastifyReply {
  return reply
    .code(status)
    .header("content-type", type)
    .send(Buffer.from(JSON.stringify(body)));
}
