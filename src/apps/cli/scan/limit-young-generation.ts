// SPDX-License-Identifier: Apache-2.0

const LARGE_BYTES = 1024 * 1024 * 1024;
let isLimited = false;

/**
 * Keeps V8's space for young objects as it is while a large image is scanned: it would grow to 64 MB and stay so. Small images are
 * scanned a little faster when it grows. Of V8's flags for that only this one works in a process that runs.
 */
export function limitYoungGeneration(imageBytes: number): void {
  if (!isLimited && imageBytes > LARGE_BYTES) {
    isLimited = true;
    process.getBuiltinModule("node:v8").setFlagsFromString("--semi-space-growth-factor=1");
  }
}
