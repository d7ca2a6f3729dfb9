// SPDX-License-Identifier: Apache-2.0
import pg from "pg";
import { expect, it } from "vitest";
import { openTestDatabase } from "../../../test/support/postgres.ts";
import { WORKER_LOCK_CLASS } from "./event-listener.ts";

it("a process that loses the lock for a moment does not claim what it is at, again and again", async () => {
  await using database = await openTestDatabase();
  const { registryJobs } = database;
  const { id } = await registryJobs.create({ kind: "replicate", target: "a", parameters: {}, requestedBy: "kim" });
  expect(await registryJobs.claim(["replicate"])).toMatchObject({ id });
  const client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  try {
    for (let round = 0; round < 40; round += 1) {
      await client.query(
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objsubid = 2 and classid = $1::bigint",
        [WORKER_LOCK_CLASS],
      );
      expect(await registryJobs.claim(["replicate"])).toBeUndefined();
    }
  } finally {
    await client.end();
  }
  expect(await registryJobs.find(id)).toMatchObject({ state: "running", attempts: 1 });
});
