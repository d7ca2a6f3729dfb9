// SPDX-License-Identifier: Apache-2.0
import { databaseContract } from "../../../test/support/contracts/database.ts";
import { describeWithDatabases } from "../../../test/support/postgres.ts";

describeWithDatabases("the stores", databaseContract);
