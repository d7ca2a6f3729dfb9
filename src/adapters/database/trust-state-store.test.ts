// SPDX-License-Identifier: Apache-2.0
import { beforeEach } from "vitest";
import type { Database } from "#database";
import { describeTrustStateStoreContract } from "../../../test/support/contracts/trust-state-store.ts";
import { describeWithDatabases } from "../../../test/support/postgres.ts";

describeWithDatabases("what was seen of TUF repositories", ({ open }) => {
  let database: Database;

  beforeEach(async () => {
    database = await open();
  });

  describeTrustStateStoreContract("the database", () => database.trustStates);
});
