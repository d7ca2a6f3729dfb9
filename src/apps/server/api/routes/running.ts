// SPDX-License-Identifier: Apache-2.0
import type { ServerContext } from "../../context.ts";
import { type ApiApp, READERS } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { runningDetailQuerySchema, runningQuerySchema } from "../schemas/query.ts";
import { runningDetailSchema, runningListSchema } from "../schemas/running.ts";
import { pullNames, registriesOf } from "../views/pulled-from.ts";
import { toRunningImageBody } from "../views/running-image-body.ts";
import { languageOf } from "./images.ts";

/** What runs in the cluster, as the controller wrote it down; nothing is judged here. */
export function addRunningRoutes(app: ApiApp, context: ServerContext): void {
  const names = pullNames(context.configuration);

  app.route({
    method: "GET",
    url: "/api/v1/running",
    config: { access: READERS },
    schema: {
      operationId: "listRunning",
      tags: ["running"],
      querystring: runningQuerySchema,
      response: { 200: runningListSchema },
    },
    handler: async (request) => {
      const { lang, from, ...asked } = request.query;
      const query = from === undefined ? asked : { ...asked, registries: registriesOf(from, names) };
      const language = languageOf(context, request, lang);
      const { workloads } = context.database;
      const [{ total, images }, counts] = await Promise.all([workloads.list(query), workloads.count()]);
      return {
        total,
        counts,
        isWatched: context.configuration.cluster.connection !== "off",
        images: images.map((image) => toRunningImageBody(image, language, names)),
      };
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/running/image",
    config: { access: READERS },
    schema: {
      operationId: "describeRunning",
      tags: ["running"],
      querystring: runningDetailQuerySchema,
      response: { 200: runningDetailSchema },
    },
    handler: async (request) => {
      const { id, lang } = request.query;
      const image = await context.database.workloads.find(id);
      if (image === undefined) {
        throw new ApiError("WORKLOAD_UNKNOWN", `no running image has the id ${id}`);
      }
      return { ...toRunningImageBody(image, languageOf(context, request, lang), names), pods: image.pods };
    },
  });
}
