// SPDX-License-Identifier: Apache-2.0

/** The domain that policy documents and our attestations are named under; the one place that spells it out (ADR 0009). */
export const API_GROUP = "haechi.dev";
