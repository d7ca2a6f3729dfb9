// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import type { ScanReport } from "#findings";
import { createTranslate, type Language } from "#messages";
import { chooseLanguage } from "../../choose-language.ts";
import type { ServerContext } from "../../context.ts";
import { type ApiApp, READERS } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import {
  explanationSchema,
  findingPageSchema,
  observationPageSchema,
  packagePageSchema,
} from "../schemas/image-contents.ts";
import { imageDetailSchema } from "../schemas/image-detail.ts";
import { imageListSchema } from "../schemas/image-list.ts";
import {
  explanationQuerySchema,
  findingsQuerySchema,
  imageListQuerySchema,
  imageQuerySchema,
  observationsQuerySchema,
  packagesQuerySchema,
} from "../schemas/query.ts";
import { toAdvisoryDatabaseBody } from "../views/advisory-database-body.ts";
import { findImage, findPlatforms } from "../views/find-image.ts";
import { explain, pageFindings, pageObservations, pagePackages } from "../views/image-contents.ts";
import { describeImage } from "../views/image-detail.ts";
import { summarizeImages } from "../views/image-summaries.ts";
import { assertReadable, readablePrefixes } from "../views/readable-repositories.ts";

/** The images of the registry: list, one image, its packages and findings. */
export function addImageRoutes(app: ApiApp, context: ServerContext): void {
  app.route({
    method: "GET",
    url: "/api/v1/images",
    config: { access: READERS, isPerRepository: true },
    schema: {
      operationId: "listImages",
      tags: ["images"],
      querystring: imageListQuerySchema,
      response: { 200: imageListSchema },
    },
    handler: async (request) => {
      const { repository, limit, offset, lang } = request.query;
      const readable = readablePrefixes(request);
      const page = await context.database.registry.listImages({
        ...(repository === undefined ? {} : { repository }),
        ...(readable === undefined ? {} : { readable }),
        limit,
        offset,
      });
      return {
        total: page.total,
        images: await summarizeImages(context, page.images, languageOf(context, request, lang)),
        database: toAdvisoryDatabaseBody(context.judge.advisories),
      };
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/image",
    config: { access: READERS, isPerRepository: true },
    schema: {
      operationId: "describeImage",
      tags: ["images"],
      querystring: imageQuerySchema,
      response: { 200: imageDetailSchema },
    },
    handler: async (request) => {
      const { image, lang } = request.query;
      assertReadable(request, image);
      return describeImage(context, await findImage(context, image), languageOf(context, request, lang));
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/image/packages",
    config: { access: READERS, isPerRepository: true },
    schema: {
      operationId: "listPackages",
      tags: ["images"],
      querystring: packagesQuerySchema,
      response: { 200: packagePageSchema },
    },
    handler: async (request) => {
      assertReadable(request, request.query.image);
      const report = await findReport(context, request.query);
      return pagePackages(report?.inventory.packages ?? [], request.query);
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/image/findings",
    config: { access: READERS, isPerRepository: true },
    schema: {
      operationId: "listFindings",
      tags: ["images"],
      querystring: findingsQuerySchema,
      response: { 200: findingPageSchema },
    },
    handler: async (request) => {
      assertReadable(request, request.query.image);
      const report = await findReport(context, request.query);
      return pageFindings(report, request.query);
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/image/observations",
    config: { access: READERS, isPerRepository: true },
    schema: {
      operationId: "listObservations",
      tags: ["images"],
      querystring: observationsQuerySchema,
      response: { 200: observationPageSchema },
    },
    handler: async (request) => {
      assertReadable(request, request.query.image);
      const report = await findReport(context, request.query);
      return pageObservations(report, request.query, createTranslate(languageOf(context, request, request.query.lang)));
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/image/explanation",
    config: { access: READERS, isPerRepository: true },
    schema: {
      operationId: "explainFinding",
      tags: ["images"],
      querystring: explanationQuerySchema,
      response: { 200: explanationSchema },
    },
    handler: async (request) => {
      const { id, lang } = request.query;
      assertReadable(request, request.query.image);
      const report = await findReport(context, request.query);
      return { explanations: explain(report, id, createTranslate(languageOf(context, request, lang))) };
    },
  });
}

/** The language of the answer's sentences. */
export function languageOf(context: ServerContext, request: FastifyRequest, asked?: Language): Language {
  return chooseLanguage(asked, request.headers["accept-language"], context.configuration.language);
}

/** The report of one platform of an image; `undefined` while there is none. */
async function findReport(
  context: ServerContext,
  query: { readonly image: string; readonly digest: string },
): Promise<ScanReport | undefined> {
  const { record } = await findImage(context, query.image);
  const platforms = await findPlatforms(context, record);
  const platform = platforms.find((each) => each.digest === query.digest);
  if (platform === undefined) {
    throw new ApiError("IMAGE_UNKNOWN", `${query.image} has no platform ${query.digest}`);
  }
  return (await context.database.scans.find(platform.digest))?.report;
}
