// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { describeWithControlPlane } from "../control-plane/describe-with-control-plane.ts";
import { createEmptyDatabase } from "../postgres.ts";
import { describeWithTools } from "../tools.ts";
import { startTestCluster, type TestCluster, type TestClusterOptions } from "./start-test-cluster.ts";

/** Where the cluster of the running file is, once `beforeAll` is done. */
export interface ClusterPlace {
  readonly current: TestCluster;
}

interface DescribedCluster extends Omit<TestClusterOptions, "databaseUrl" | "secretKey"> {
  /** Beside those that every cluster needs. */
  readonly tools?: readonly string[];
  /** Fills the database before any server sees it. */
  readonly prepareDatabase?: (database: { readonly url: string; readonly secretKey: Uint8Array }) => Promise<void>;
}

/**
 * A `describe` with one cluster for all of its tests, which keep apart by namespaces. Skipped with one line where the
 * programs are missing, an error in CI.
 */
export function describeCluster(
  name: string,
  { tools = [], prepareDatabase, ...options }: DescribedCluster,
  body: (place: ClusterPlace) => void,
): void {
  describeWithTools(name, ["kubectl", "skopeo", "docker-registry", ...tools], () => {
    describeWithControlPlane("on a real control plane", (binaries) => {
      let running: TestCluster | undefined;
      beforeAll(async () => {
        const databaseUrl = await createEmptyDatabase();
        const secretKey = randomBytes(32);
        await prepareDatabase?.({ url: databaseUrl, secretKey });
        running = await startTestCluster(binaries, { ...options, databaseUrl, secretKey });
      });
      afterAll(async () => {
        await running?.[Symbol.asyncDispose]();
      });
      body({
        get current() {
          if (running === undefined) {
            throw new Error("the cluster did not start");
          }
          return running;
        },
      });
    });
  });
}
