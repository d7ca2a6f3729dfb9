// SPDX-License-Identifier: Apache-2.0

/**
 * For `v8.setFlagsFromString`, in percent of what lives. The server's live heap is a few dozen MiB, and V8 would let the
 * old generation grow to four times that before it looks for garbage. Twice costs no processor time that could be measured
 * and keeps 150 MiB less under load; at one and a half times, reviews of many images take longer
 * (docs/benchmarks.md, "Admission reviews in numbers").
 */
export const HEAP_GROWTH_FLAG = "--heap-growing-percent=100";
