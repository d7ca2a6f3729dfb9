// SPDX-License-Identifier: Apache-2.0
import type { AccessKeyRecord } from "#database";
import { standingOfKey } from "../../accounts/key-standing.ts";
import type { ServerContext } from "../../context.ts";
import type { AccessKeyBody } from "../schemas/registry-keys.ts";

/** A key as the API shows it now. */
export function toAccessKeyBody(
  { clock, configuration }: Pick<ServerContext, "clock" | "configuration">,
  key: AccessKeyRecord,
): AccessKeyBody {
  const { state, end, rotateBy, isRotationDue } = standingOfKey(key, clock.now(), configuration.registry.keyMaxAgeMs);
  return {
    id: key.id,
    account: key.accountName,
    accessKey: key.accessKey,
    description: key.description,
    state,
    createdAt: key.createdAt,
    rotatedAt: key.rotatedAt,
    ...(key.lastUsedAt === undefined ? {} : { lastUsedAt: key.lastUsedAt }),
    ...(end === undefined ? {} : { expiresAt: end.toISOString() }),
    rotateBy: rotateBy.toISOString(),
    isRotationDue,
  };
}
