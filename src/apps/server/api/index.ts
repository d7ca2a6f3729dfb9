// SPDX-License-Identifier: Apache-2.0
import { startKeyReminder } from "../accounts/key-reminder.ts";
import { ConnectionDrain } from "../connection-drain.ts";
import type { RunningRole, ServerContext } from "../context.ts";
import { createApi } from "./create-api.ts";

/** Requests in flight at a stop may finish within this time. */
const DRAIN_MS = 5_000;

/**
 * Starts the role `api`: the API under `/api/v1`, the console's files, `/healthz`, `/readyz` and `/metrics` on
 * `configuration.listen.console`. Rejects with the system's error when the address cannot be listened on.
 * `stop` ends event streams, lets requests in flight finish and closes.
 */
export async function startApi(
  context: ServerContext,
  options: { readonly consoleFolder?: string } = {},
): Promise<RunningRole> {
  const { host, port } = context.configuration.listen.console;
  const app = await createApi(context, options);
  const drain = new ConnectionDrain(app.server, DRAIN_MS, context.leaving);
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw error;
  }
  const reminder = startKeyReminder(context);
  const address = app.server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    name: "api",
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    stop: async () => {
      reminder[Symbol.dispose]();
      const closed = app.close();
      drain.begin();
      await closed;
    },
  };
}
