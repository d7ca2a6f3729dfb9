// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";

// `haechi server` with its modules loaded already: it starts when something arrives on standard input, so that hundreds of starts cost little.
await import("../../src/apps/server/start-server.ts");
process.stdout.write("loaded\n");
// whoever would have started it is gone
process.stdin.once("end", () => process.exit());
await once(process.stdin, "data");
process.stdin.removeAllListeners("end").destroy();
await import("../../src/apps/server/main.ts");
