// SPDX-License-Identifier: Apache-2.0
import { beforeAll } from "vitest";
import type { Database } from "#database";
import { describeTrustStateStoreContract } from "../../../test/support/contracts/trust-state-store.ts";
import { describeWithDatabases } from "../../../test/support/postgres.ts";

describeWithDatabases("what was seen of TUF repositories", ({ name, open }) => {
  let database: Database;

  beforeAll(async () => {
    database = await open();
  });

  describeTrustStateStoreContract(name, () => database.trustStates);
});
