// SPDX-License-Identifier: Apache-2.0
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "tools/**/*.test.ts", "test/conformance/**/*.test.ts"],
          testTimeout: 30_000,
          setupFiles: ["test/support/property-rounds.ts"],
        },
      },
      {
        resolve: { alias: { "#messages": new URL("./src/domain/messages/index.ts", import.meta.url).pathname } },
        test: {
          name: "console",
          include: ["console/src/**/*.test.{ts,tsx}"],
        },
      },
      {
        test: {
          name: "e2e",
          // one kind after the other: programs started for real would starve the unit tests of two cores, and the other way round
          sequence: { groupOrder: 1 },
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "peers",
          sequence: { groupOrder: 2 },
          include: ["test/peers/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "cluster",
          sequence: { groupOrder: 3 },
          include: ["test/cluster/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

export default config;
