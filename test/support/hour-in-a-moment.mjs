// SPDX-License-Identifier: Apache-2.0

// `node --import` of it: whoever looks each hour looks each moment. For servers that tests start as processes of their own.

const HOUR_MS = 3_600_000;
const MOMENT_MS = 250;
const { setInterval: start } = globalThis;

globalThis.setInterval = (work, ms, ...args) => start(work, ms === HOUR_MS ? MOMENT_MS : ms, ...args);
