// SPDX-License-Identifier: Apache-2.0

/** Whether `host:port` is this very machine, where the registry speaks plain HTTP. */
export function isLoopback(registry: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(registry);
}
