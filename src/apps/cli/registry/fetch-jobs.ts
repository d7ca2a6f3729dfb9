// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { type RegistryJobAnswer, registryJobAnswer } from "./registry-job-answer.ts";
import { parseAnswer, type Server } from "./server-client.ts";

const answer = z.object({ jobs: z.array(registryJobAnswer) });

/** The newest jobs that fit. Throws ServerError. */
export async function fetchJobs(
  server: Server,
  query: Readonly<Record<string, string | undefined>>,
): Promise<readonly RegistryJobAnswer[]> {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const path = `/api/v1/registry/jobs?${new URLSearchParams(given).toString()}`;
  return parseAnswer(server, answer, await server.get(path)).jobs;
}
