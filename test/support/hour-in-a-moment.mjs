// SPDX-License-Identifier: Apache-2.0

// `node --import` of it: whoever looks each hour looks each moment. For servers that tests start as processes of their own, as they are
// shipped, for whom a clock of the test's own is out of reach. It patches a global, which nothing else here does: the other way would be a
// setting, with which an operator could have a server look at its authorities so rarely that they end unseen. What is under test is what
// happens when a server looks, not how often.

const HOUR_MS = 3_600_000;
const MOMENT_MS = 250;
const { setInterval: start } = globalThis;

globalThis.setInterval = (work, ms, ...args) => start(work, ms === HOUR_MS ? MOMENT_MS : ms, ...args);
