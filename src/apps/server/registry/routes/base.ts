// SPDX-License-Identifier: Apache-2.0
import type { RoutedRequest } from "./route.ts";

/** `GET /v2/`: says that this is a registry (distribution-spec, "Determining Support"). */
export async function answerBase({ exchange }: RoutedRequest): Promise<void> {
  exchange.send(200, { "content-type": "application/json" }, Buffer.from("{}"));
  await Promise.resolve();
}
