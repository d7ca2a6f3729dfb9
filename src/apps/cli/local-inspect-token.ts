// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

interface LocalInspectToken {
  /** `host:port` under which the registry that made it is reached on this machine. */
  readonly registries: readonly string[];
  readonly token: string;
}

const schema: z.ZodType<LocalInspectToken> = z.strictObject({
  registries: z.array(z.string().max(300)).max(100),
  token: z.string().max(8_192),
});

/**
 * The token that a server of the same account on this machine leaves in its data folder (mode 0600), so that `haechi
 * scan` can read images that the gate refuses. It goes to that registry only. Absent: no server, or another account's.
 */
export function readLocalInspectToken(dataDir: string): LocalInspectToken | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(join(dataDir, "run/local-inspect-token.json"), "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // no server here: the scan goes on with the usual credentials
    return undefined;
  }
}
