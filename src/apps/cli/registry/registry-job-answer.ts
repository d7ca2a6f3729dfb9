// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { parseAnswer, type Server } from "./server-client.ts";

/** What the server says of a job of the registry. */
export interface RegistryJobAnswer {
  readonly id: number;
  readonly kind: string;
  readonly state: "awaiting-approval" | "pending" | "running" | "done" | "failed" | "cancelled" | "rejected";
  readonly target: string;
  readonly done: number;
  readonly total: number;
  readonly unit: "items" | "bytes";
  readonly message?: string;
  /** Of `message`, the same in every language. */
  readonly messageCode?: string;
  readonly result?: unknown;
  readonly attempts: number;
  readonly requestedBy: string;
  readonly decidedBy?: string;
  readonly isCancelling?: boolean;
  readonly requestedAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** Fields of a later server are passed over. */
export const registryJobAnswer: z.ZodType<RegistryJobAnswer> = z.object({
  id: z.number(),
  kind: z.string(),
  state: z.enum(["awaiting-approval", "pending", "running", "done", "failed", "cancelled", "rejected"]),
  target: z.string(),
  done: z.number(),
  total: z.number(),
  unit: z.enum(["items", "bytes"]),
  message: z.exactOptional(z.string()),
  messageCode: z.exactOptional(z.string()),
  result: z.exactOptional(z.unknown()),
  attempts: z.number(),
  requestedBy: z.string(),
  decidedBy: z.exactOptional(z.string()),
  isCancelling: z.exactOptional(z.boolean()),
  requestedAt: z.string(),
  startedAt: z.exactOptional(z.string()),
  finishedAt: z.exactOptional(z.string()),
});

/** Asks for one job. Throws ServerError. */
export async function fetchJob(server: Server, id: number): Promise<RegistryJobAnswer> {
  return parseAnswer(server, registryJobAnswer, await server.get(`/api/v1/registry/job?id=${id}`));
}
