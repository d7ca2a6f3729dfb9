// SPDX-License-Identifier: Apache-2.0
import { prepareHelm } from "../test/support/helm/build-helm.ts";

// `npm run prepare:helm`: builds the helm of the chart tests unless it is there.

console.log(`helm: ${prepareHelm((line) => console.log(line))}`);
