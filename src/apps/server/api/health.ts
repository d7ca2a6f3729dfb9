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
  const { advisories, policies } = context.judge;
  const { documents } = policies.registry;
  return [
    database,
    {
      name: "advisories",
      state: advisories.advisories === 0 ? "failing" : advisories.isBundled ? "degraded" : "ok",
      count: advisories.advisories,
    },
    blobs,
    scans,
    { name: "policies", state: documents.length === 0 ? "failing" : "ok", count: documents.length },
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
