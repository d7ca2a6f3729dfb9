// SPDX-License-Identifier: Apache-2.0
import { statfs } from "node:fs/promises";
import { messageOf } from "#base";
import type { ServerContext } from "../context.ts";
import type { ComponentBody } from "./schemas/status.ts";

const PING_MS = 1_000;
/** Below this a push of a usual image fails. */
const LOW_DISK_BYTES = 1024 ** 3;

/** The components of this server and how they are; never throws. */
export async function checkHealth(context: ServerContext): Promise<readonly ComponentBody[]> {
  const [database, blobs, scans] = await Promise.all([checkDatabase(context), checkDisk(context), checkScans(context)]);
  const { advisories } = context.judge;
  return [
    database,
    {
      name: "advisories",
      state: advisories.advisories === 0 ? "failing" : advisories.isBundled ? "degraded" : "ok",
      count: advisories.advisories,
    },
    blobs,
    scans,
    checkPolicies(context),
    ...checkCluster(context),
  ];
}

/** Of both gates: a cluster's policies are in force at admission, and may leave the registry with its defaults. */
function checkPolicies({ judge }: ServerContext): ComponentBody {
  const { registry, admission } = judge.policies.current();
  const documents = [...new Set([...registry.documents, ...admission.documents])];
  const count = documents.length;
  if (!judge.policies.isReady) {
    return { name: "policies", state: "failing", message: "the cluster's were not read yet", count: 0 };
  }
  const unreadable = documents.filter(({ problem }) => problem !== undefined).length;
  if (unreadable > 0) {
    return { name: "policies", state: "degraded", message: `${unreadable} cannot be read`, count };
  }
  return { name: "policies", state: registry.documents.length === 0 ? "failing" : "ok", count };
}

/** A server that lost its API server goes on with what it knew last: it is no less ready than before. */
function checkCluster({ clusterHealth }: ServerContext): readonly ComponentBody[] {
  const health = clusterHealth?.();
  if (health === undefined) {
    return [];
  }
  const { state, troubled, lastContactAt } = health;
  const since = lastContactAt === undefined ? "" : ` since ${lastContactAt.toISOString()}`;
  return [
    state === "synced"
      ? { name: "cluster", state: "ok" }
      : { name: "cluster", state: "degraded", message: `no contact${since}: ${troubled.join(", ")}` },
  ];
}

async function checkDatabase(context: ServerContext): Promise<ComponentBody> {
  try {
    await context.database.ping(PING_MS);
    return { name: "database", state: "ok" };
  } catch (error) {
    context.telemetry.log.warn({ err: error }, "the database does not answer");
    return { name: "database", state: "failing", message: "does not answer" };
  }
}

async function checkDisk(context: ServerContext): Promise<ComponentBody> {
  try {
    const { bavail, bsize } = await statfs(context.configuration.dataDir);
    const free = bavail * bsize;
    return { name: "blobs", state: free < LOW_DISK_BYTES ? "degraded" : "ok", count: free };
  } catch (error) {
    context.telemetry.log.warn({ err: error }, "the data folder cannot be read");
    return { name: "blobs", state: "failing", message: "the data folder cannot be read" };
  }
}

async function checkScans(context: ServerContext): Promise<ComponentBody> {
  try {
    return { name: "scans", state: "ok", count: (await context.database.scans.listUnfinished()).length };
  } catch (error) {
    return { name: "scans", state: "failing", message: messageOf(error) };
  }
}
