// SPDX-License-Identifier: Apache-2.0
import { create } from "./cluster-actions.ts";
import { pod } from "./objects.ts";
import type { TestCluster } from "./start-test-cluster.ts";

/** What a load came to. */
export interface LoadOutcome {
  /** Right answers, by image. */
  readonly right: number;
  /** A refused image was let in or an allowed one was refused by us. */
  readonly wrong: readonly string[];
  /** The API server got no answer from the gate. */
  readonly failed: readonly string[];
}

/** Pods that are created again and again until it is told to stop. */
export interface PodLoad {
  /** Answers so far. */
  readonly count: number;
  stop(): Promise<LoadOutcome>;
}

const CLIENTS = 6;
/** Ends by itself if nobody stops it. */
const MAX_REQUESTS = 20_000;

/** Several clients that create Pods (as dry runs) through the API server, in turn of an allowed and a refused image. */
export function startPodLoad(
  cluster: TestCluster,
  images: { readonly namespace: string; readonly allowed: string; readonly refused: string },
): PodLoad {
  let isStopping = false;
  let count = 0;
  let right = 0;
  const wrong: string[] = [];
  const failed: string[] = [];
  async function client(index: number): Promise<void> {
    for (let turn = index; !isStopping && count < MAX_REQUESTS; turn++) {
      const isAllowed = turn % 2 === 0;
      const image = isAllowed ? images.allowed : images.refused;
      const object = pod({ name: `load-${index}-${turn}`, namespace: images.namespace }, [image]);
      const { status, body } = await create(cluster, object, "?dryRun=All");
      count += 1;
      if (status === (isAllowed ? 201 : 403)) {
        right += 1;
      } else if (status >= 500 && String(body.message).includes("failed calling webhook")) {
        failed.push(String(body.message));
      } else {
        wrong.push(`${image}: ${status} ${String(body.message)}`);
      }
    }
  }
  const clients = Array.from({ length: CLIENTS }, async (_, index) => {
    await client(index);
  });
  return {
    get count() {
      return count;
    },
    async stop() {
      isStopping = true;
      await Promise.all(clients);
      return { right, wrong, failed };
    },
  };
}
