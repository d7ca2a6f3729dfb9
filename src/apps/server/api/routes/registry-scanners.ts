// SPDX-License-Identifier: Apache-2.0
import type { Role } from "#database";
import { parseForeignScanner } from "#registry";
import type { ServerContext } from "../../context.ts";
import {
  externalScanJob,
  hasScannerCredentials,
  removeScannerCredentials,
  writeScannerCredentials,
} from "../../registry/external-scan/index.ts";
import type { ApiApp } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { emptySchema } from "../schemas/empty.ts";
import { registryJobSchema } from "../schemas/registry-jobs.ts";
import { putScannerSchema, scannerListSchema, scannerNameSchema } from "../schemas/registry-scanners.ts";
import { accountOf } from "../security/authenticate.ts";
import { createAudit } from "../views/append-audit.ts";
import { toRegistryJobBody } from "../views/registry-job-body.ts";
import { languageOf } from "./images.ts";

/** They are told of all images, and what they say may count. */
const ADMINISTRATORS: readonly Role[] = ["ADMIN"];
const TAGS = ["registry scanners"];

/** Scanners of others that are asked about our images. */
export function addRegistryScannerRoutes(app: ApiApp, context: ServerContext): void {
  const audit = createAudit(context);
  const { registryObjects, registryJobs, foreignReports, secrets, events } = context.database;

  app.route({
    method: "GET",
    url: "/api/v1/registry/scanners",
    config: { access: ADMINISTRATORS },
    schema: { operationId: "listRegistryScanners", tags: TAGS, response: { 200: scannerListSchema } },
    handler: async () => {
      const scanners = [];
      for (const { name, document, updatedBy, updatedAt } of await registryObjects.list("scanner")) {
        const scanner = parseForeignScanner(document);
        if (scanner !== undefined) {
          const hasCredentials = await hasScannerCredentials(secrets, name);
          scanners.push({ name, scanner, hasCredentials, updatedBy, updatedAt });
        }
      }
      return { scanners };
    },
  });

  app.route({
    method: "PUT",
    url: "/api/v1/registry/scanner",
    config: { access: ADMINISTRATORS },
    schema: { operationId: "putRegistryScanner", tags: TAGS, body: putScannerSchema, response: { 204: emptySchema } },
    handler: async (request, reply) => {
      const { name, scanner, credentials } = request.body;
      await audit(
        request,
        "scanner-changed",
        `${name} ${JSON.stringify({ ...scanner, certificateAuthority: undefined })}`,
      );
      if (credentials === null) {
        await removeScannerCredentials(secrets, name);
      } else if (credentials !== undefined) {
        await writeScannerCredentials(secrets, name, { credentials, url: scanner.url });
      }
      await registryObjects.put({ kind: "scanner", name, document: scanner, updatedBy: accountOf(request).name });
      // whether it counts may be another thing now
      await events.publish({ type: "statements-changed" });
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/registry/scanner",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "deleteRegistryScanner",
      tags: TAGS,
      querystring: scannerNameSchema,
      response: { 204: emptySchema },
    },
    handler: async (request, reply) => {
      const { name } = request.query;
      await assertKnown(name);
      await audit(request, "scanner-removed", name);
      await registryObjects.remove("scanner", name);
      await removeScannerCredentials(secrets, name);
      await foreignReports.removeOf(name);
      await events.publish({ type: "statements-changed" });
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/scanners/scan",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "scanWithRegistryScanner",
      tags: TAGS,
      description: "Asks the scanner about every image that it is about and has said nothing of.",
      body: scannerNameSchema,
      response: { 202: registryJobSchema },
    },
    handler: async (request, reply) => {
      const { name } = request.body;
      await assertKnown(name);
      await audit(request, "scanner-asked", name);
      const job = await registryJobs.create(
        externalScanJob({ scanner: name, scope: "missing" }, accountOf(request).name),
      );
      return reply.code(202).send(toRegistryJobBody(job, languageOf(context, request)));
    },
  });

  async function assertKnown(name: string): Promise<void> {
    if ((await registryObjects.find("scanner", name)) === undefined) {
      throw new ApiError("SCANNER_UNKNOWN", `there is no scanner ${name}`);
    }
  }
}
